"""Embedded videos and boards: a text stores only the provider and the id, for example `youtube:dQw4w9WgXcQ`.

The addresses of the page and of the frame are made here; nothing of a provider is loaded before a reader asks for it.
"""

import re
from dataclasses import dataclass

from ops.toml_files import toml_beside

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


PROVIDERS = {name: Provider(**about) for name, about in toml_beside(__file__, "embeds.toml").items()}


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
    matches = (
        (name, re.fullmatch(provider.address, address.strip(), re.ASCII)) for name, provider in PROVIDERS.items()
    )
    return next((f"{name}:{match[1]}" for name, match in matches if match), "")
