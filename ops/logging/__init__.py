"""Log records: formats, and the removal of secrets."""
