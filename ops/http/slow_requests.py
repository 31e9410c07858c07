"""Slow requests in the log."""

import logging
import time

from django.conf import settings

from ops.http.middleware import Middleware

logger = logging.getLogger(__name__)


class SlowRequestMiddleware(Middleware):
    """Logs requests that take longer than SLOW_REQUEST_SECONDS, without their query, which may be private.

    The time until the response is ready, without sending it; processor time is that of this thread.
    """

    def __call__(self, request):
        begun, begun_cpu = time.perf_counter(), time.thread_time()
        response = self.get_response(request)
        seconds, cpu_seconds = time.perf_counter() - begun, time.thread_time() - begun_cpu
        if 0 < settings.SLOW_REQUEST_SECONDS <= seconds:
            message = "Slow request: %s %s %s took %.2f s, of which %.2f s of processor time."
            logger.warning(message, request.method, request.path_info, response.status_code, seconds, cpu_seconds)
        return response
