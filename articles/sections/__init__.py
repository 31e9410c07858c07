"""Pages of sections: the types (`schema`), the body composed from them, the field, the page, and the admin's field.

A section is a dict with its `type` and the filled fields of that type's form; docs/map.md.
"""
