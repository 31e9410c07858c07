"""The catalogue's part in the registries of publishing and ops: facts, tables, names, gaps, jobs, metrics, backups."""

from catalog.integration import facts, gaps, names, operations
