"""Requests and responses: middleware, errors, health, files, query parameters, fetching from other sites."""
