"""Backups: one file with the database and the uploads. Apps extend `making.left_out`, `restoring.after_restore`."""
