"""Names of records in texts: which of them stand there, linked or not, and what an editor can do about each."""
