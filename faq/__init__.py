"""Questions with their answers and votes; `duplicates` finds questions that ask the same.

Entry points: `models`, `views`, `api`. Imports `publishing` and `ops`.
"""
