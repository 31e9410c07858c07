"""Pure functions over the documents of the catalogue, and the words and dates they use: no queries."""
