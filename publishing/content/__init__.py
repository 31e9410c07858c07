"""Records with a page: state, address, references, redirects, permissions on the record.

`published()` is the only rule of what readers see. `follow_up` runs all that a save entails, in its transaction
(docs/adr/008). A redirect leads to a record, not to its next address, so redirects never chain. Imports `images`.
"""
