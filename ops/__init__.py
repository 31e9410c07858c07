"""Running a site: databases, caches, jobs. It knows no content and imports no app; apps register callables with it."""
