from faq.models import Vote
from ops.jobs.scheduler import register_job


@register_job(hours=6)
def forget_old_reasons_of_votes():
    Vote.objects.forget_old_reasons()
