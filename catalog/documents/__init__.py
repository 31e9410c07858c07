"""The read model: one document for each public record, and rows for lists and tables derived from the documents.

`load` queries, `compose` builds documents from rows, `summaries` derives the rows of lists, `read` is for readers.
"""
