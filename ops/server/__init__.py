"""Starting and supervising the site: preparation, server and worker processes, the lock on the data directory."""
