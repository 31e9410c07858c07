"""The life cycle of records: actions, schedule, review, preview, shared drafts, trash, starter content, jobs.

Entry points: `actions` (every change of state), `preview`, `shared_page`, `jobs`. Imports all below `importing`.
"""
