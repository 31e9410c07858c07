"""Models of this app, for Django to find."""

from ops.jobs.models import DueJob
