"""The admin of what all apps share. Apps build theirs on `publishing.admin.base`."""
