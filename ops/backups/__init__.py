"""Backups: one file with the database and the uploads, and the way back from it.

`making.make_backup()` and `restoring.restore()` are called by the commands; apps register in `registry`.
"""
