"""Texts are compiled when they are saved; a reader's request only joins the parts and fills the holes.

`compiler` makes the parts, `CompiledText` stores them, `texts` reads them for a page, a feed, Markdown or plain text.
"""
