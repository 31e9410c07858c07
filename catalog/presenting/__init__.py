"""Parts of documents as every page shows them: rows of facts, cells of tables, numbered sources, page metadata."""
