"""The mail about an enquiry: its recipients, its content, and retries while the mail server is down."""

import logging
import socket
import threading
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.core.management import call_command

from enquiries import jobs
from enquiries.models import MAIL_PAUSE, Enquiry, EnquiryState
from ops.jobs import scheduler as due
from publishing.site.models import SiteSettings
from tests.config.running import free_port
from tests.enquiries import sending

pytestmark = [pytest.mark.django_db, pytest.mark.database]
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def work():
    """Do the worker's job. The real worker would close the test's connection."""
    jobs.send_pending_enquiries()


@pytest.mark.django_db(transaction=True)
def test_jobs_of_the_site_mail_what_was_sent(client, recipients, mail_server):
    sending.post(client)
    call_command("run_due")
    assert Enquiry.objects.get().mailed_at
    assert len(mail.outbox) == 1


class MailServer(threading.Thread):
    """A server with enough of SMTP for one mail. `received` is the mail as it came over the wire."""

    def __init__(self, port: int):
        super().__init__(daemon=True)
        self.listener = socket.create_server(("127.0.0.1", port))
        self.listener.settimeout(20)
        self.received = ""

    def run(self):
        connection, _ = self.listener.accept()
        with connection, connection.makefile("rw", encoding="utf-8", newline="\r\n") as stream:

            def say(line):
                stream.write(f"{line}\n")
                stream.flush()

            say("220 ready")
            for line in stream:
                command = line[:4].upper()
                if command == "DATA":
                    say("354 go on")
                    lines = iter(stream.readline, ".\r\n")
                    self.received = "".join(lines)
                say("221 bye" if command == "QUIT" else "250 well")
                if command == "QUIT":
                    break
        self.listener.close()


def test_worker_mails_the_recipients_and_an_answer_goes_to_the_writer(post, recipients, mail_server):
    post()
    assert mail.outbox == []
    work()
    (message,) = mail.outbox
    assert message.to == recipients
    assert message.reply_to == ["ada@example.org"]
    receipt = Enquiry.objects.get().receipt
    assert message.subject == f"A project: Ada Example ({receipt})"
    assert f"Reference number: {receipt}" in message.body
    assert "We sort 400 letters a day.\nWhich model?" in message.body
    assert "/services/custom-ai-systems/" in message.body
    assert f"/admin/enquiries/enquiry/{Enquiry.objects.get().pk}/change/" in message.body
    assert Enquiry.objects.get().mailed_at
    work()
    assert len(mail.outbox) == 1


def test_writer_is_sent_nothing(post, recipients, mail_server):
    post()
    work()
    assert "ada@example.org" not in mail.outbox[0].recipients()


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "Ada\r\nBcc: victim@example.org"},
        {"name": "Ada\u2028Bcc: victim@example.org"},
        {"name": "Ada\x85\x0b\x0cBcc: victim@example.org"},
        {"company": "X\r\nBcc: victim@example.org"},
    ],
)
def test_nothing_written_becomes_a_head_of_the_mail(post, recipients, mail_server, changes):
    post(**changes)
    work()
    message = mail.outbox[0].message()
    assert message["Bcc"] is None
    assert message["To"] == "team@example.org, boss@example.org"
    assert mail.outbox[0].recipients() == recipients


def test_mail_in_any_script_can_be_sent(post, recipients, mail_server):
    post(name="李小龙 🦙", email="ada@bücher.example", message="什么模型？")
    work()
    assert Enquiry.objects.get().mailed_at, Enquiry.objects.get().mail_error
    assert "什么模型" in mail.outbox[0].body


def test_server_that_is_down_loses_nothing_and_is_tried_again(post, recipients, settings, caplog):
    caplog.set_level(logging.INFO)
    port = free_port()
    settings.MAILERS = {"default": {"OPTIONS": {"host": "127.0.0.1", "port": port, "timeout": 5}}}
    with time_machine.travel(NOON, tick=False) as clock:
        post()
        work()
        enquiry = Enquiry.objects.get()
        assert (enquiry.mailed_at, enquiry.mail_tried_at) == (None, NOON)
        assert enquiry.mail_error.startswith("ConnectionRefusedError")
        clock.shift(MINUTE)
        work()
        assert Enquiry.objects.get().mail_tried_at == NOON
        clock.shift(MAIL_PAUSE)
        work()
        assert Enquiry.objects.get().mail_tried_at == NOON + MINUTE + MAIL_PAUSE
        server = MailServer(port)
        server.start()
        clock.shift(MAIL_PAUSE)
        work()
        server.join(20)
    enquiry = Enquiry.objects.get()
    assert enquiry.mailed_at == NOON + MINUTE + 2 * MAIL_PAUSE
    assert enquiry.mail_error == ""
    assert "Reply-To: ada@example.org" in server.received
    assert "We sort 400 letters a day." in server.received
    assert "ada@example.org" not in caplog.text


def test_server_that_fails_once_is_left_alone_for_the_round(recipients, settings):
    settings.MAILERS = {"default": {"OPTIONS": {"host": "127.0.0.1", "port": free_port(), "timeout": 5}}}
    for number in range(3):
        sending.enquiry(name=f"Writer {number}")
    jobs.send_pending_enquiries()
    assert Enquiry.objects.filter(mail_tried_at=None).count() == 2


def test_of_two_who_try_at_once_one_mails(recipients, mail_server):
    sending.enquiry()
    one, other = Enquiry.objects.get(), Enquiry.objects.get()
    jobs.mail(one)
    jobs.mail(other)
    assert len(mail.outbox) == 1


def test_worker_killed_while_it_mailed_is_made_up_for(recipients, mail_server):
    with time_machine.travel(NOON, tick=False) as clock:
        assert sending.enquiry().claim_mail()
        jobs.send_pending_enquiries()
        assert mail.outbox == []
        clock.shift(MAIL_PAUSE)
        jobs.send_pending_enquiries()
    assert len(mail.outbox) == 1


@pytest.mark.parametrize("state", [state for state in EnquiryState if state != EnquiryState.NEW])
def test_what_is_not_new_is_mailed_to_nobody(recipients, mail_server, state):
    sending.enquiry(state=state)
    jobs.send_pending_enquiries()
    assert mail.outbox == []


def test_without_server_or_recipients_it_waits_without_attempts(db, settings, mail_server):
    enquiry = sending.enquiry()
    jobs.send_pending_enquiries()
    settings.MAILERS = {}
    SiteSettings(enquiry_recipients="team@example.org").save()
    jobs.send_pending_enquiries()
    enquiry.refresh_from_db()
    assert (enquiry.mail_tried_at, enquiry.mailed_at, enquiry.mail_error) == (None, None, "")


def test_jobs_are_among_those_of_the_site():
    assert {"enquiries.jobs.send_pending_enquiries", "enquiries.jobs.delete_expired_enquiries"} <= set(due.jobs)


def test_enquiries_are_deleted_when_nobody_has_touched_them_for_long(settings):
    settings.SPAM_DAYS, settings.ENQUIRY_DAYS = 30, 730
    with time_machine.travel(NOON, tick=False) as clock:
        for state in EnquiryState:
            sending.enquiry(state=state, name=state)
        for days, left in [
            (30, set(EnquiryState)),
            (1, set(EnquiryState) - {EnquiryState.SPAM, EnquiryState.SUSPECTED}),
        ]:
            clock.shift(timedelta(days=days))
            jobs.delete_expired_enquiries()
            assert set(Enquiry.objects.values_list("state", flat=True)) == left
        clock.shift(timedelta(days=600))
        Enquiry.objects.get(state=EnquiryState.IN_PROGRESS).save()
        clock.shift(timedelta(days=100))
        jobs.delete_expired_enquiries()
        assert set(Enquiry.objects.values_list("state", flat=True)) == {EnquiryState.IN_PROGRESS}
