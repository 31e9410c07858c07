from faq.models import Vote
from ops.jobs.scheduler import register_job


@register_job(hours=6)
def delete_old_vote_reasons():
    Vote.objects.forget_old_reasons()
