"""The contact form: which messages are accepted, returned with their text, or rejected."""

import logging
import re
import sqlite3
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from lxml import html

from enquiries.models import MESSAGE_LIMIT, Enquiry, EnquiryState
from enquiries.views import ContactView
from ops.limits import counter_store
from publishing.content.publishable import State
from publishing.site.models import SiteSettings
from tests import factories
from tests.enquiries import sending
from tests.enquiries.sending import FROM_HERE, PATH, WORDS

pytestmark = pytest.mark.django_db


def page_of(response):
    return html.document_fromstring(response.content.decode())


def value_of(page, name):
    (field,) = page.xpath(f"//*[@name='{name}' and not(@type='radio')]")
    return field.text if field.tag == "textarea" else field.get("value")


# Accepted ------------------------------------------------------------------------------------------


def test_enquiry_is_saved_and_leads_to_thanks(post):
    response = post()
    enquiry = Enquiry.objects.get()
    assert (response.status_code, response.headers["Location"]) == (303, f"/contact/thanks/?receipt={enquiry.receipt}")
    assert response.headers["Cache-Control"] == "no-store"
    assert enquiry.message == "We sort 400 letters a day.\nWhich model?"
    assert (enquiry.name, enquiry.email, enquiry.kind) == ("Ada Example", "ada@example.org", "project")
    assert (enquiry.company, enquiry.came_from) == ("Example Ltd", "/services/custom-ai-systems/")
    assert (enquiry.state, enquiry.owner, enquiry.mailed_at) == (EnquiryState.NEW, None, None)


def test_thanks_say_nothing_personal_and_are_not_for_search_engines(client, post):
    response = client.get(post().headers["Location"])
    assert response.status_code == 200
    text = response.content.decode()
    assert '<meta name="robots" content="noindex">' in text
    assert "Ada" not in text


def test_receipt_number_is_on_the_thanks_page_and_the_same_if_sent_twice(client, post):
    SiteSettings(answer_days=2).save()
    first, again = (client.get(post().headers["Location"]) for _ in range(2))
    assert Enquiry.objects.get().receipt in first.text
    assert first.content == again.content
    assert "We reply within 2 working days." in first.text
    assert Enquiry(name="Other").receipt != Enquiry.objects.get().receipt
    for forged in ("<b>", "call+0123+now", "AAAA-AAAA-AAAA", "aaaa-aaaa"):
        assert "Reference number" not in client.get(f"/contact/thanks/?receipt={forged}").text


def test_contact_page_says_who_answers_and_by_when(client):
    assert "Who will reply" not in client.get(PATH).text
    factories.author(name="Ada Example", role="Evaluation", answers_enquiries=True)
    factories.author(name="Hidden Example", answers_enquiries=True, state="draft")
    factories.author(name="Writer Example")
    text = client.get(PATH).text
    assert "Ada Example" in text
    assert "Evaluation" in text
    assert "Hidden Example" not in text
    assert "Writer Example" not in text
    assert "We reply within" not in text
    assert "A person reads every message and replies by email." in text
    SiteSettings(answer_days=1).save()
    assert "We reply within one working day." in client.get(PATH).text


def test_desks_alone_get_a_row_each(client):
    factories.author(name="Engineering desk", role="Projects", kind="desk", answers_enquiries=True)
    text = client.get(PATH).text
    assert re.search(r"Engineering desk</a>\s*<span[^>]*>Projects</span>", text)
    assert "Who will reply" not in text


def test_no_cookie_is_set_on_the_way(client, post):
    for response in (client.get(PATH), post(), post(name=""), client.get("/contact/thanks/"), client.get("/api/")):
        assert not response.cookies
        assert "Cookie" not in response.headers.get("Vary", "")


def test_nothing_personal_is_logged(post, caplog, recipients, mail_server):
    caplog.set_level(logging.DEBUG)
    post()
    post(message="x" * (MESSAGE_LIMIT + 1))
    post(headers={"Origin": "https://elsewhere.example"})
    for words in ("Ada", "ada@example.org", "letters", "203.0.113.9"):
        assert words not in caplog.text


@pytest.mark.parametrize("kind", ["project", "question", "correction", "press", "other"])
def test_what_is_said_of_a_key_is_kept_only_where_a_key_is_asked_for(post, kind):
    post(kind=kind, purpose="A mirror", volume="daily")
    assert (Enquiry.objects.get().purpose, Enquiry.objects.get().volume) == ("", "")


def test_key_is_asked_for_with_its_purpose(post):
    page = page_of(post(kind="api_key"))
    assert page.xpath("//*[@id='id_purpose_error']")
    assert not Enquiry.objects.exists()
    assert post(kind="api_key", purpose="A mirror", volume="daily").status_code == 303
    assert (Enquiry.objects.get().purpose, Enquiry.objects.get().volume) == ("A mirror", "daily")


# The referring page --------------------------------------------------------------------------------


def test_page_that_one_comes_from_is_said_and_sent_along(client):
    response = client.get("/contact/?from=/services/custom-ai-systems/")
    page = page_of(response)
    assert "You came from /services/custom-ai-systems/" in " ".join(page.text_content().split())
    assert value_of(page, "came_from") == "/services/custom-ai-systems/"
    assert page.xpath("//link[@rel='canonical']/@href")[0].endswith("/contact/")
    assert response.headers["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert "About: Check your stack." in " ".join(
        page_of(client.get("/contact/?from=/catalog/check/")).text_content().split()
    )
    service = factories.article(kind="service", slug="custom-ai-systems", title="Custom systems")
    page = page_of(client.get("/contact/?from=/services/custom-ai-systems/"))
    assert "About: Custom systems." in " ".join(page.text_content().split())
    service.state = State.ARCHIVED
    service.save()
    assert "Custom systems" not in client.get("/contact/?from=/services/custom-ai-systems/").text


def test_page_names_the_first_question_of_each_topic(client):
    for number in (1, 2):
        topic = factories.question_topic(position=number)
        for position in (1, 2, 3):
            factories.question(question=f"{number}.{position}?", topic=topic, position=position)
    links = page_of(client.get("/contact/")).xpath("//ul[@class='question-list']//a")
    assert [link.text for link in links] == ["1.1?", "2.1?", "1.2?", "2.2?", "1.3?"]


@pytest.mark.parametrize(
    "path",
    [
        "//elsewhere.example/",
        "https://elsewhere.example/",
        "/\\elsewhere.example",
        "javascript:alert(1)",
        "/Call us now on 555!",
        "/a?b=c",
        "/a//b/",
        "services/",
        f"/{'a' * 200}",
        "/a\nb",
        "/<script>",
        "/\x00",
    ],
)
def test_what_is_no_page_of_this_site_is_left_out_and_refuses_no_message(client, post, path):
    plain = client.get(PATH)
    assert client.get(PATH, {"from": path}).content == plain.content
    assert post(came_from=path).status_code == 303
    assert Enquiry.objects.get().came_from == ""


def test_kind_can_be_chosen_by_the_address(client):
    def chosen(address):
        return page_of(client.get(address)).xpath("//input[@type='radio' and @checked]/@value")

    assert chosen("/contact/?kind=api_key") == ["api_key"]
    assert chosen("/contact/?kind=nonsense") == chosen("/contact/") == ["project"]
    kinds = page_of(client.get("/contact/")).xpath("//input[@type='radio']/@value")
    assert (kinds[0], kinds[-2:]) == ("project", ["api_key", "press"])


# Returned with its text ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"name": " "}, "name", "Enter your name."),
        ({"email": ""}, "email", "Enter your email"),
        ({"email": "ada"}, "email", "Enter an email address such as"),
        ({"email": '"a b"@example.org'}, "email", "Enter an email address"),
        ({"email": "ada@example.org\nBcc: x@example.org"}, "email", "Enter an email address such as"),
        ({"message": " \n "}, "message", "Enter your message."),
        ({"message": "x" * (MESSAGE_LIMIT + 1)}, "message", "The maximum is 8,000 characters; this has 8,001."),
        ({"name": "x" * 101}, "name", "100"),
        ({"company": "x" * 121}, "company", "120"),
        ({"kind": "api_key", "purpose": "x" * 1001}, "purpose", "maximum is 1,000"),
    ],
)
def test_error_stands_beside_its_field_with_the_text_kept(post, changes, field, words):
    response = post(**changes)
    assert response.status_code == 422
    assert response.headers["Cache-Control"] == "no-store"
    page = page_of(response)
    (control,) = page.xpath(f"//*[@id='id_{field}']")
    assert control.get("aria-invalid") == "true"
    assert f"id_{field}_error" in control.get("aria-describedby").split()
    assert words in page.xpath(f"//*[@id='id_{field}_error']")[0].text_content()
    (summary,) = page.xpath("//*[@role='alert' and @tabindex='-1' and @autofocus]")
    assert summary.xpath(f".//a[@href='#id_{field}']")
    for name, value in (WORDS | {"purpose": ""}).items():
        if name not in changes and name not in {"kind", "website", "message"}:
            assert (value_of(page, name) or "").strip() == value, name
    if "message" not in changes:
        assert value_of(page, "message").strip().splitlines() == WORDS["message"].splitlines()
    assert page.xpath("//title")[0].text.startswith("Not sent yet")
    assert not Enquiry.objects.exists()


@pytest.mark.parametrize("kind", ["", "nonsense", "new"])
def test_unknown_kind_is_asked_for_again(post, kind):
    page = page_of(post(kind=kind))
    (error,) = page.xpath("//*[@id='id_kind_error']")
    assert page.xpath("//fieldset[@aria-describedby='id_kind_error']")
    assert page.xpath(f"//a[@href='#{page.xpath('//input[@type="radio"]/@id')[0]}']"), error.text


def test_longest_message_is_taken_in_any_script_and_however_lines_end(post):
    message = "\r\n".join(["字" * 79] * 100)
    assert len(message.replace("\r\n", "\n")) == 7999
    assert post(message=message).status_code == 303
    assert len(Enquiry.objects.get().message) == 7999


def test_what_is_written_is_shown_as_text(post, admin_page):
    post(name="<script>alert(1)</script>", message="<img src=x onerror=alert(1)>")
    shown = page_of(post(name="<script>alert(1)</script>", email=""))
    assert value_of(shown, "name") == "<script>alert(1)</script>"
    for path in ("", f"{Enquiry.objects.get().pk}/change/"):
        text = admin_page.get(f"/admin/enquiries/enquiry/{path}").content.decode()
        assert "<script>alert(1)" not in text
        assert "<img src=x" not in text


def test_nul_and_control_characters_are_harmless(post):
    assert post(name="Ada\x07 \x1bExample", message="One\x08 two").status_code == 303
    assert (Enquiry.objects.get().name, Enquiry.objects.get().message) == ("Ada Example", "One two")
    assert post(name="A\x00da", message="a\x00b").status_code == 303
    assert Enquiry.objects.filter(name="A da", message="ab").exists()
    assert post(email="ada\x00@example.org").status_code == 422


# Rejected ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Origin": "http://testserver:81"},
        {"Origin": "http://testserver", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "http://testserver", "Sec-Fetch-Site": "same-site"},
        {"Origin": "https://elsewhere.example", "Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
        {"Referer": "https://elsewhere.example/contact/"},
        {"Referer": "http://testserver.elsewhere.example/"},
        {"Referer": "http://testserver@elsewhere.example/"},
        {"Referer": "http://["},
        {},
    ],
)
def test_form_on_another_site_sends_nothing_and_loses_nothing(post, headers):
    response = post(headers=headers)
    assert response.status_code == 403
    page = page_of(response)
    assert "the form came from another site" in page.xpath("//*[@role='alert']")[0].text_content()
    assert value_of(page, "name") == WORDS["name"]
    assert not Enquiry.objects.exists()


@pytest.mark.parametrize(
    "headers",
    [
        FROM_HERE,
        {"Origin": "http://testserver"},
        {"Origin": "http://public.example"},
        {"Sec-Fetch-Site": "same-origin"},
        {"Referer": "http://testserver/contact/?from=/"},
    ],
)
def test_form_of_this_site_is_taken_from_any_browser(post, headers, settings):
    settings.SITE_URL = "http://public.example"
    assert post(headers=headers).status_code == 303


def test_robot_that_fills_the_hidden_field_is_turned_away(post):
    response = post(website="https://spam.example")
    assert response.status_code == 400
    assert "a hidden field was filled in" in response.content.decode()
    assert not Enquiry.objects.exists()


def test_hidden_field_is_out_of_reach_of_people(client):
    page = page_of(client.get(PATH))
    (field,) = page.xpath("//input[@name='website']")
    assert (field.get("tabindex"), field.get("autocomplete")) == ("-1", "off")
    assert field.xpath("ancestor::*[@aria-hidden='true']")


def test_only_the_forms_own_kind_of_body_is_read_and_of_a_bounded_size(client):
    assert client.post(PATH, WORDS, headers=FROM_HERE).status_code == 400
    assert client.post(PATH, "{}", content_type="application/json", headers=FROM_HERE).status_code == 400
    assert sending.post(client, message="x" * 300_000).status_code == 413
    assert client.put(PATH).status_code == client.delete(PATH).status_code == 405
    assert not Enquiry.objects.exists()


def test_robot_without_headers_is_turned_away_even_where_tokens_are_enforced():
    assert sending.post(Client(enforce_csrf_checks=True), headers={}).status_code == 403
    assert sending.post(Client(enforce_csrf_checks=True)).status_code == 303


def test_one_network_address_can_send_so_much_in_an_hour(client):
    with time_machine.travel(datetime(2026, 11, 24, 12, tzinfo=UTC), tick=False) as clock:
        for number in range(ContactView.most_per_hour):
            assert sending.post(client, message=f"Message {number}").status_code == 303
        response = sending.post(client, message="One more")
        assert (response.status_code, response.headers["Retry-After"]) == (429, "3600")
        assert value_of(page_of(response), "message").strip() == "One more"
        assert sending.post(client, message="Message 3").status_code == 303  # a repeated message does not count
        assert sending.post(client, message="One more", address="203.0.113.10").status_code == 303
        clock.shift(timedelta(hours=1))
        assert sending.post(client, message="Another").status_code == 303
    assert Enquiry.objects.count() == ContactView.most_per_hour + 2


def test_customer_of_ipv6_counts_as_one_whatever_the_last_half_of_the_address(client, monkeypatch, frozen_clock):
    monkeypatch.setattr("enquiries.views.ContactView.most_per_hour", 1)
    assert sending.post(client, message="1", address="2001:db8::1").status_code == 303
    assert sending.post(client, message="2", address="2001:db8::ffff:2").status_code == 429
    assert sending.post(client, message="3", address="2001:db8:0:1::1").status_code == 303


def test_address_is_kept_nowhere(post, settings):
    settings.CACHE_URL = ""
    post()
    with sqlite3.connect(counter_store.FILE) as file:
        ((key,),) = file.execute("SELECT key FROM counts")
    assert "203.0.113.9" not in key
    assert "203.0.113.9" not in str(Enquiry.objects.values().get())


def test_where_nobody_can_count_no_message_is_lost(post, settings, monkeypatch, tmp_path, caplog):
    settings.CACHE_URL = ""
    monkeypatch.setattr(counter_store, "FILE", str(tmp_path / "missing" / "counts.sqlite3"))
    assert post().status_code == 303
    assert "The file of counts does not answer" in caplog.text


@pytest.mark.parametrize(
    "changes",
    [
        {"message": "Buy " + "https://spam.example/x " * 5},
        {"message": '<a href="https://spam.example">cheap</a>'},
        {"message": "[url=https://spam.example]cheap[/url]"},
        {"name": "Visit www.spam.example"},
        {"message": "12345 !!!"},
    ],
)
def test_what_looks_like_spam_is_kept_apart_and_mailed_to_nobody(post, changes):
    assert post(**changes).status_code == 303
    enquiry = Enquiry.objects.get()
    assert enquiry.state == EnquiryState.SUSPECTED
    assert "Suspected spam" in enquiry.note
    assert not Enquiry.objects.unmailed().exists()


def test_honest_message_with_links_is_new(post):
    post(message="See https://example.org/a and www.example.org/b: which model fits?")
    assert Enquiry.objects.get().state == EnquiryState.NEW


# Duplicates ----------------------------------------------------------------------------------------


def test_the_same_within_an_hour_is_one_enquiry(post):
    with time_machine.travel(datetime(2026, 11, 24, 12, tzinfo=UTC), tick=False) as clock:
        assert post().status_code == post().status_code == 303
        post(name=" ada  EXAMPLE ", message="We sort 400 letters a day.\n\nWhich model?")
        clock.shift(timedelta(minutes=59))
        post()
        assert Enquiry.objects.count() == 1
        clock.shift(timedelta(minutes=1))
        post()
    assert Enquiry.objects.count() == 2


@pytest.mark.parametrize("changes", [{"email": "bob@example.org"}, {"message": "Other words"}, {"kind": "press"}])
def test_other_words_or_another_writer_are_another_enquiry(post, changes):
    post()
    post(**changes)
    assert Enquiry.objects.count() == 2


def test_form_is_the_same_for_signed_in_people_and_readers_but_for_who_may_keep_it(client):
    reader = Client().get(PATH)
    client.force_login(factories.user())
    assert client.get(PATH).content == reader.content
