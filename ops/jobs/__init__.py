"""Regular jobs and lost tasks.

Entry points: `scheduler.every` registers a job, `scheduler.run_due` runs those that are due. Imports Django only.
"""
