"""Texts are compiled when they are saved; reading one joins its parts and fills its holes, and parses nothing.

`compiler` makes the parts, `CompiledText` stores them, `texts` reads them for a page, a feed, Markdown or plain words.
"""
