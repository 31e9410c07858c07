"""The catalogue’s part in the registries of publishing and ops: facts, tables, names, search, gaps, inbox, jobs,
metrics."""

from catalog.integration import facts, gaps, inbox, names, operations, search
