"""Shared parts of public pages: metadata, JSON-LD, feeds, sitemap, robots.txt, llms.txt, public forms, redirects.

Entry points: `views.get_visible`, `metadata`, `public_forms.PublicFormView`. Imports all below `api`.
"""
