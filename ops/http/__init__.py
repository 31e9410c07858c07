"""Requests and responses: middleware, errors, health, files, query parameters, fetching from other sites.

Entry points: `errors` (the only place that decides how errors look), `middleware`, `health`, `fetch`. Imports `ops.db`
and `ops.limits`.
"""
