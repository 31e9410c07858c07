"""The admin of what all apps share. Apps build theirs on `publishing.admin.base`."""

from publishing.admin import (
    claim,
    claim_pattern,
    gaps,
    image,
    naming,
    partner,
    people,
    redirect,
    site_history,
    site_settings,
)
