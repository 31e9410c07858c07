"""The catalogue's part in the registries of publishing and ops: facts, tables, names, gaps, jobs, metrics."""

from catalog.integration import backups, facts, gaps, jobs, metrics, names, tables
