"""The pages of single records: views of documents and summaries for templates and Markdown.

`rows` has the parts of a document as a page shows them, `sources` numbers their sources, `model_page` combines them.
"""
