"""The pages of single records: views of documents and summaries that templates and Markdown show.

`rows` holds parts of a document as a page shows them, `sources` numbers their sources, `model_page` puts them together.
"""
