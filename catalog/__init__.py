"""The catalogue: a vendor's statements are an `AIModel`, a provider's an `Offering`, each fact with its sources.

Rows are written, documents are read (docs/adr/001). `rules` are pure, `documents` compose, `sync` stamps; `browse`,
`compare`, `charts`, `pages` and `news` show; `integration` is all that `publishing` asks. Imports `publishing`, `ops`.
"""
