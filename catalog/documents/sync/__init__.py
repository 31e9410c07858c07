"""The partner feed: documents with numbers, so that a copy can be kept and proved equal (docs/adr/002).

A mark is written with the change, taken only by a stamp that sees it, and stamps exclude each other until they commit.
The signed cursor holds epoch, number, types and the head at its start. Tombstones are kept for 90 days.
A program with an older `SCHEMA` leaves the feed to the newer one.
"""
