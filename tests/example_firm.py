"""A firm that calls itself an example: for tests, audits and pictures of a site whose form is filled in."""

from pathlib import Path

from tests.config.running import manage

FIRM = {
    "name": "Example Firm",
    "legal_name": "Example Firm Ltd (an example)",
    "postal_address": "1 Example Street\nExampleton EX1 1AA",
    "email": "mail@firm.example",
    "phone": "+44 20 7946 0000",
    "register": "Example Register",
    "register_number": "00000000",
    "vat_number": "GB000000000",
    "controller": "Example Privacy Ltd (an example)",
    "hosting": "Example servers in Ireland; logs are deleted after 14 days.",
    "data_protection": "Legitimate interest. Example authority.",
    "certificates": "Example 1234, by an example body, until 31 May 2027.",
}
FILL_IN = f"""
from django.utils import timezone
from publishing.site.models import SiteSettings
SiteSettings.objects.update(**{FIRM!r}, confirmed_at=timezone.now())
"""


def fill_in(data_dir: Path) -> None:
    """Fill in and confirm the form of the site whose run-time files are in `data_dir`."""
    manage("shell", "-c", FILL_IN, DATA_DIR=data_dir).check_returncode()
