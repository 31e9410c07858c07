"""Putting records before readers: shared by all apps, importing none of them.

Layers, bottom to top: richtext, images, content, rendering, search, revisions, site, quality, accounts, workflow,
importing, pages, api, admin (held by import-linter). Apps register functions: CONTRIBUTING.md lists where.
"""
