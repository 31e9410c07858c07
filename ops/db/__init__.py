"""Database connections: the write watcher, lock timeouts, bounded counts, safe CSV cells. Imports Django only."""
