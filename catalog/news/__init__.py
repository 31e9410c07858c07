"""News of the catalogue: changes, retirements, recent records, feeds."""
