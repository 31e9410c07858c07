"""Import of models, providers and prices from public data feeds, and their export."""
