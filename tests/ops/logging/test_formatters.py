"""Log lines: one event in each, as text or JSON, with its request and without secrets."""

import io
import json
import logging

import pytest
from django.http import HttpResponse
from django.urls import path

from config import urls as site
from ops.logging import formatters as logs

KEY = "abcdefgh.ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
logger = logging.getLogger("tests.logs")


def broken(request):
    raise ValueError("first line\n2026-01-01 ERROR django: forged, password=hunter2hunter2")


def telling(request):
    logger.warning("Looked at %s.", request.path)
    return HttpResponse("told")


urlpatterns = [path("broken/", broken), path("telling/", telling), *site.urlpatterns]
handler400, handler403, handler404, handler500 = site.handler400, site.handler403, site.handler404, site.handler500


@pytest.fixture(params=["text", "json"])
def log(request, settings):
    """The log output as it would be written, in both formats."""
    settings.LOG_FORMAT, settings.ROOT_URLCONF = request.param, __name__
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.formatter())
    heard = [logging.getLogger(name) for name in ("", "django")]
    for one in heard:
        one.addHandler(handler)
    yield stream
    for one in heard:
        one.removeHandler(handler)


def events(log) -> list[str]:
    """Return the lines at which an event begins: in JSON every line is one."""
    lines = log.getvalue().splitlines()
    assert all(line.startswith(("20", "  | ")) or json.loads(line)["message"] for line in lines)
    return [line for line in lines if not line.startswith("  | ")]


@pytest.mark.parametrize(
    "text",
    [
        "a\n2026-11-25T10:00:00 ERROR django: forged",
        "a\r\nb\rc",
        "a\x1b[2Jb\x07\x00\x7f\x9b31m",
        "a\u2028b\u2029c\x85d\x0be\x0cf",
        "a\u202eb\u2066c",
        "a\ud800b",
    ],
    ids=ascii,
)
def test_what_was_sent_begins_no_line_and_steers_no_terminal(log, text):
    # pytest's own log capture is bypassed, because it cannot hold every one of these records.
    alone = logging.Logger(__name__)
    alone.addHandler(next(one for one in logging.getLogger().handlers if getattr(one, "stream", None) is log))
    alone.warning("Asked for %s.", text)
    assert len(events(log)) == len(log.getvalue().splitlines()) == 1
    assert log.getvalue().rstrip("\n").isprintable()


def test_a_traceback_belongs_to_its_event(log, db, client):
    client.raise_request_exception = False
    assert client.get("/broken/").status_code == 500
    assert len(events(log)) == 1
    assert "Traceback" in log.getvalue()
    assert "in broken" in log.getvalue()
    assert "first line" in log.getvalue()
    assert "hunter2" not in log.getvalue()


def test_every_line_within_a_request_bears_its_number_and_none_outside(log, db, client):
    response = client.get("/telling/", headers={"X-Request-ID": "number-12345678"})
    assert response.content == b"told"
    logger.warning("Afterwards.")
    within, after = events(log)
    assert "number-12345678" in within
    assert "number-12345678" not in after


def test_json_holds_what_programs_ask_for(settings):
    record = logging.LogRecord("tests", logging.WARNING, "", 0, "Said %s.", ("ü\n",), None)
    event = json.loads(logs.JSONFormatter().format(record))
    assert event.pop("time").endswith("+00:00")
    assert event == {"level": "WARNING", "logger": "tests", "message": "Said ü\n."}


SECRETS = {
    "Authorization: Api-Key " + KEY: KEY,
    "headers {'Authorization': 'Bearer abcdefghijklmnop'}": "abcdefghijklmnop",
    "Authorization: Basic dXNlcjpwYXNzd29yZA==": "dXNlcjpwYXNzd29yZA",
    f"A key {KEY} was sent.": "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345",
    "Cookie: csrf=12345678; session=s3ss10ns3ss10n": "s3ss10ns3ss10n",
    "Set-Cookie: __Host-session=s3ss10ns3ss10n; Path=/": "s3ss10ns3ss10n",
    "session=s3ss10ns3ss10n": "s3ss10ns3ss10n",
    "Key (session_key)=(s3ss10ns3ss10n) already exists.": "s3ss10ns3ss10n",
    "POST username=anna&password=hunter2hunter2&next=/": "hunter2hunter2",
    "{'password1': 'hunter2 hunter2'}": "hunter2",
    '{"new_password": "hunter2 hunter2", "name": "Anna"}': "hunter2",
    "/?csrfmiddlewaretoken=t0ken&x=1": "t0ken",
    "/articles/?api_key=t0ken": "t0ken",
    "otp_token=123456": "123456",
    "/preview/MTc6YWJj:c2lnbmF0dXJl/ was asked for": "c2lnbmF0dXJl",
    "/admin/new-password/MQ/c8k2xj-0123456789abcdef/": "0123456789abcdef",
    "postgres://site:pa55w0rd@db.example/site refused": "pa55w0rd",
    "redis://:pa55w0rd@cache.example/0": "pa55w0rd",
    "smtp://user%40example.com:pa55%2Fw0rd@mail.example": "pa55%2Fw0rd",
    "pbkdf2_sha256$1000000$salt$aGFzaGhhc2g=": "aGFzaGhhc2g",
    "EMAIL_URL=smtp://mail.example": "mail.example",
}


@pytest.mark.parametrize(("text", "secret"), SECRETS.items())
def test_secrets_are_written_nowhere(log, text, secret):
    assert secret in text
    logger.error("It said: %s", text)
    try:
        raise ValueError(text)
    except ValueError:
        logger.exception("Failed.")
    assert secret not in log.getvalue()
    assert log.getvalue().count("[redacted]") >= 2


def test_the_secrets_of_the_settings_are_known_wherever_they_stand(log, settings):
    settings.SECRET_KEY, settings.METRICS_TOKEN = "s3cret-k3y-of-the-site", "t0ken-of-the-metrics"
    settings.DATABASE_URL = "postgres://site:d%2Fpa55@db.example/site"
    settings.CACHE_URL, settings.EMAIL_URL = "redis://:c-pa55word@cache.example/0", "smtp://u:m-pa55word@mail.example"
    logger.error("s3cret-k3y-of-the-site xt0ken-of-the-metricsx d/pa55 d%%2Fpa55 c-pa55word m-pa55word")
    logger.error("s3cret-k3y-of-the-site xt0ken-of-the-metricsx %s c-pa55word m-pa55word", "d/pa55 d%2Fpa55")
    for secret in ("s3cret", "t0ken-of", "d/pa55", "d%2Fpa55", "pa55word"):
        assert secret not in log.getvalue()


def test_ordinary_words_stay(log):
    text = "The key of a session, 17 tokens of /articles/one/ at https://example.com/?page=2&q=secret were read."
    logger.info(text)
    logger.warning(text)
    assert text in log.getvalue()
