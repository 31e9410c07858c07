"""The browser's path, start options by which it contacts only the site, and waiting for what a script does."""

import os
import shutil

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium_path() -> str | None:
    return os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


def wait_until(page, expression: str, argument=None):
    """Wait until the JavaScript is true. Playwright's own waiting would need a policy that allows `eval`."""
    for _ in range(300):
        if page.evaluate(expression, argument):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"Never true: {expression}")
