"""Regular jobs (`scheduler.register_job`, run by `scheduler.run_due_jobs`) and lost tasks."""
