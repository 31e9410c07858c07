"""Questions that ask the same in other words: found by their words, and compared by what their answers say."""
