"""Questions that ask the same or nearly, found by words, with a check whether the answers contradict each other."""
