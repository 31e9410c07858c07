"""Endpoints that all apps share: viewsets, filters, keys, quotas, problems, OpenAPI.

`ApiAccessMiddleware` checks key and quota of each request, outside of compression and ETags, since a 304 is free.
Changes are entries of `changelog.md`; removals are announced 180 days ahead. Imports `pages` and below.
"""
