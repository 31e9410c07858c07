"""Wiring: settings and their checks, addresses, the API router, WSGI. Imported by no app."""
