"""What happened and what is coming: changes, retirements, recent records, feeds."""
