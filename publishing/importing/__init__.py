"""Texts from elsewhere, pasted or as files: read as browsers do, walked once into plain blocks, cleaned.

The rules are on the server, so a paste and an import cannot differ. A .docx is measured as an archive, and its XML
parsed without entities, before mammoth reads it.
"""
