"""Models side by side, and the cheapest offer for a stated workload. Reads documents, summaries and periods."""
