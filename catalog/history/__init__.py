"""Changes of the catalogue: the log of fields, ownership, bulk edits, duplicates, merging.

The log compares a record and its rows before and after, for people and imports alike. Ownership follows from it: a
person's value is kept from imports until it is released, and one feed leaves alone the values of another.
"""
