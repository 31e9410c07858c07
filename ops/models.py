"""When each regular job last ran."""

from django.db import models


class DueJob(models.Model):
    """One row per job of `ops.jobs.scheduler`; claiming it prevents two workers from running the job at once."""

    name = models.CharField(max_length=100, unique=True)
    claimed_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=500, blank=True)
    seconds = models.FloatField(null=True, blank=True)  # how long the last run took

    def __str__(self):
        return self.name
