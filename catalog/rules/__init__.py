"""Pure functions over the documents of the catalogue, with their choices and dates: no queries."""
