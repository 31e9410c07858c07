"""Shared parts of public pages: metadata, JSON-LD, feeds, sitemap, robots.txt, llms.txt, public forms, redirects."""
