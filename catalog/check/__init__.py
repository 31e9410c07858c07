"""Check your stack: the models that a configuration file, a script or a list names, and what is known of each."""
