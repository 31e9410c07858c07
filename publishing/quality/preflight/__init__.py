"""Pre-flight: the checks of a text before publication, and the problems that block it."""
