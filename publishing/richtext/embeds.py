"""Embedded videos and boards: a text stores only the provider and the id, for example `youtube:dQw4w9WgXcQ`.

The addresses of the page and of the frame are made here; nothing of a provider is loaded before a reader asks for it.
"""

import re
from dataclasses import dataclass

EMBED = "data-embed"


@dataclass(frozen=True)
class Provider:
    """A site whose frames may be shown. `address` is a pattern for its addresses, in the syntax that Python and
    JavaScript share; its group is the id. `page` and `frame` are addresses with `{}` for the id."""

    title: str
    verb: str
    address: str
    key: str
    page: str
    frame: str


PROVIDERS = {
    "youtube": Provider(
        "YouTube",
        "Watch",
        r"https?://(?:(?:www\.|m\.)?youtube(?:-nocookie)?\.com/(?:watch\?(?:[^#\s]*&)?v=|embed/|shorts/|live/)|youtu\.be/)"
        r"([\w-]{11})(?![\w-])\S*",
        r"[\w-]{11}",
        "https://www.youtube.com/watch?v={}",
        "https://www.youtube-nocookie.com/embed/{}?autoplay=1",
    ),
    "vimeo": Provider(
        "Vimeo",
        "Watch",
        r"https?://(?:www\.|player\.)?vimeo\.com/(?:video/)?(\d{5,12})(?!\d)\S*",
        r"\d{5,12}",
        "https://vimeo.com/{}",
        "https://player.vimeo.com/video/{}?dnt=1&autoplay=1",
    ),
    "loom": Provider(
        "Loom",
        "Watch",
        r"https?://(?:www\.)?loom\.com/(?:share|embed)/(?:[\w-]*-)?([0-9a-f]{32})(?![0-9a-f])\S*",
        r"[0-9a-f]{32}",
        "https://www.loom.com/share/{}",
        "https://www.loom.com/embed/{}?autoplay=1",
    ),
    "figma": Provider(
        "Figma",
        "Open",
        r"https?://(?:www\.|embed\.)?figma\.com/((?:design|file|proto|board|slides)/[0-9A-Za-z]{10,40})(?![0-9A-Za-z])\S*",
        r"(?:design|file|proto|board|slides)/[0-9A-Za-z]{10,40}",
        "https://www.figma.com/{}",
        "https://embed.figma.com/{}?embed-host=share",
    ),
    "slides": Provider(
        "Google Slides",
        "Open",
        r"https?://docs\.google\.com/presentation/d/((?:e/)?[\w-]{20,120})(?![\w-])\S*",
        r"(?:e/)?[\w-]{20,120}",
        "https://docs.google.com/presentation/d/{}/embed",
        "https://docs.google.com/presentation/d/{}/embed",
    ),
}


@dataclass(frozen=True)
class Embed:
    provider: Provider
    key: str

    @property
    def page(self) -> str:
        return self.provider.page.format(self.key)

    @property
    def frame(self) -> str:
        return self.provider.frame.format(self.key)

    @property
    def invitation(self) -> str:
        """Return the words of the link to the page, for example "Watch on YouTube"."""
        return f"{self.provider.verb} on {self.provider.title}"


def embed(text: str | None) -> Embed | None:
    """Parse the attribute; None if its provider or the form of its id is unknown."""
    name, _, key = (text or "").partition(":")
    provider = PROVIDERS.get(name)
    return Embed(provider, key) if provider and re.fullmatch(provider.key, key, re.ASCII) else None


def embed_of(address: str) -> str:
    """Return the attribute for the address of a video or board; "" for any other address."""
    found = ((name, re.fullmatch(one.address, address.strip(), re.ASCII)) for name, one in PROVIDERS.items())
    return next((f"{name}:{match[1]}" for name, match in found if match), "")
