"""When models begin, end and are followed: the timeline of events, and the replacements that vendors name."""
