"""The settings of the site: name, menus, footer, calls to action.

Entry points: `models.SiteSettings`, `current.site_of`, `menus`. Imports `revisions` and lower layers.
"""
