"""Backups: one file with the database and the uploads, and the means to restore it.

The commands call `making.make_backup()` and `restoring.restore()`; apps register in `registry`.
"""
