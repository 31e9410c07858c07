"""Models side by side, with the cost of a stated workload. Reads documents, summaries and periods."""
