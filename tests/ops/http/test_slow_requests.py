from types import SimpleNamespace

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from ops.http import slow_requests


@pytest.mark.parametrize(("limit", "seconds", "is_logged"), [(1, 0.5, False), (1, 2, True), (0, 2, False)])
def test_slow_request_is_logged_without_its_query(settings, caplog, monkeypatch, limit, seconds, is_logged):
    settings.SLOW_REQUEST_SECONDS = limit
    clock = {"perf_counter": iter([10, 10 + seconds]).__next__, "thread_time": iter([5, 5.25]).__next__}
    monkeypatch.setattr(slow_requests, "time", SimpleNamespace(**clock))
    middleware = slow_requests.SlowRequestMiddleware(lambda request: HttpResponse())
    middleware(RequestFactory().get("/search/?q=private-words"))
    lines = [record.getMessage() for record in caplog.records]
    expected = "Slow request: GET /search/ 200 took 2.00 s, of which 0.25 s of processor time."
    assert lines == [expected] * is_logged
