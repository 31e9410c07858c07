"""Backups: one file with the database and the uploads, and the means to restore it.

The commands call `making.make_backup()` and `restoring.restore()`; apps extend `making.left_out` and
`restoring.after_restore`.
"""
