"""Regular jobs and lost tasks.

Entry points: `scheduler.register_job` registers a job, `scheduler.run_due_jobs` runs those that are due.
Imports Django and django-tasks-db only.
"""
