"""Regular jobs and lost tasks."""
