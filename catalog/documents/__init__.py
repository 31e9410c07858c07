"""The read model: one document for each public record, and rows for lists and tables derived from the documents.

`forms` declares what documents contain, `compose` loads rows and builds documents of them, `summaries` derives the rows
of lists, `read` is for readers.
"""
