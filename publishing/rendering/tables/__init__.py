"""Tables that compare records of the catalogue in a text: filled with what is known of them, live or frozen."""
