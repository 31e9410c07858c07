"""Backups: one file with the database, the pictures and what the site was; and the way back from it."""
