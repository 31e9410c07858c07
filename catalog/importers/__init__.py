"""Taking over what collections of others say of models, providers and prices, and giving it out again."""
