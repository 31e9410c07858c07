"""Names of catalogue records in texts: finding them, linking them, and the fixes that editors are offered."""
