"""The periodic jobs of the articles."""

from articles.related import rebuild_related
from ops.jobs.scheduler import register_job

register_job(hours=1)(rebuild_related)  # covers changes of topics and writes that bypass the models
