"""The pages of single records: views of documents and summaries for templates and Markdown.

`model_page` combines the parts of `catalog.presenting`.
"""
