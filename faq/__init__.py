"""Questions with their answers and votes; `duplicates` finds questions that ask the same."""
