"""Pre-flight: what is looked at before readers see a text, and what of it stops its publication."""
