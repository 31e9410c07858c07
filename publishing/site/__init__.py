"""The settings of the site: name, menus, footer, calls to action."""
