"""A site without writes keeps its cached pages: readers do not see the worker's job of each minute."""

import pytest
from django.utils import timezone

from ops.jobs.scheduler import jobs, run_due_jobs
from ops.models import DueJob


@pytest.mark.whole
def test_idle_worker_raises_nothing(starter_content, number, monkeypatch, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        assert run_due_jobs() == []
    before = number()
    with django_capture_on_commit_callbacks(execute=True):
        for _ in range(2):
            DueJob.objects.update(claimed_at=timezone.now() - timezone.timedelta(days=2))
            assert run_due_jobs() == []
    assert DueJob.objects.count() == len(jobs)
    assert number() == before
