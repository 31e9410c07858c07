"""The life cycle of records: actions, schedule, review, preview, shared drafts, trash, starter content, jobs."""
