"""Questions that ask the same or nearly, found by words."""
