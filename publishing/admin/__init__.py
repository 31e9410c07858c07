"""The admin that all apps build on: `base.PublishableAdmin`, `drafts.DraftsAdmin`.

An autosave never publishes and always succeeds. A form session is one opening of a form with one autosave at a time,
so a repeated request stores once. Permissions are checked on the record. Imports all layers.
"""
