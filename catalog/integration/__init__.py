"""What publishing asks of the catalogue: facts, tables, names, gaps, jobs, metrics."""

from catalog.integration import backups, facts, gaps, jobs, metrics, names, tables
