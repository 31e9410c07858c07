"""Requests and responses: middleware, errors (only `errors` decides how they look), health, files, fetching."""
