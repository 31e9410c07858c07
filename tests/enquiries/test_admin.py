"""Enquiries in the admin: who sees them, the actions on them, and their CSV file."""

import csv
from io import StringIO

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.core import mail
from django.utils import timezone

from enquiries import jobs
from enquiries.models import Enquiry, EnquiryState
from ops.db.csv_safety import safe_cell
from tests import factories
from tests.enquiries import sending
from tests.inbox import part_of

pytestmark = pytest.mark.django_db
LIST = "/admin/enquiries/enquiry/"


@pytest.fixture
def editor(client):
    person = factories.user("Editor", username="editor")
    client.force_login(person)
    return person


def run(client, action, *enquiries):
    data = {"action": action, "_selected_action": [enquiry.pk for enquiry in enquiries]}
    return client.post(LIST, data, follow=True)


def rows_of(response):
    text = response.content.decode("utf-8")
    assert text.startswith("\ufeff")
    return list(csv.reader(StringIO(text[1:], newline="")))


@pytest.mark.parametrize("role", ["Author", "Catalogue manager", ""])
def test_who_is_no_editor_sees_none_of_it(client, role):
    client.force_login(factories.user(role))
    enquiry = sending.enquiry()
    for path in (LIST, f"{LIST}{enquiry.pk}/change/", f"{LIST}export/"):
        assert client.get(path).status_code == 403, path
    assert part_of(client.get("/admin/"), "Enquiries") is None


def test_signed_out_person_is_asked_to_sign_in(client):
    assert "/admin/login/" in client.get(f"{LIST}export/").headers["Location"]


def test_editor_changes_state_owner_and_note_but_no_word_of_the_writer(client, editor):
    enquiry = sending.enquiry()
    assert "By date received" in client.get(LIST).text
    form = {"state": "in_progress", "owner": editor.pk, "note": "Called back.", "name": "Forged", "message": "Forged"}
    assert client.post(f"{LIST}{enquiry.pk}/change/", form).status_code == 302
    enquiry.refresh_from_db()
    assert (enquiry.state, enquiry.owner, enquiry.note) == (EnquiryState.IN_PROGRESS, editor, "Called back.")
    assert (enquiry.name, enquiry.message) == ("Ada Example", sending.WORDS["message"])


def test_nobody_adds_and_an_editor_does_not_delete(client, editor, administrator):
    enquiry = sending.enquiry()
    assert client.get(f"{LIST}{enquiry.pk}/delete/").status_code == 403
    assert client.get(f"{LIST}add/").status_code == 403
    client.force_login(administrator)
    assert client.get(f"{LIST}add/").status_code == 403
    assert client.post(f"{LIST}{enquiry.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not Enquiry.objects.exists()


def test_history_keeps_no_words_of_the_writer(client, editor, administrator):
    enquiry = sending.enquiry()
    run(client, "assign_to_me", enquiry)
    client.force_login(administrator)
    client.post(f"{LIST}{enquiry.pk}/delete/", {"post": "yes"})
    assert LogEntry.objects.count() == 2
    for entry in LogEntry.objects.all():
        assert "Ada" not in f"{entry.object_repr} {entry.change_message}"


def test_list_is_filtered_and_searched(client, editor):
    sending.enquiry(name="Mine", owner=editor, kind="press")
    sending.enquiry(name="Nobodys", state=EnquiryState.SPAM)
    for query, shown, hidden in [
        ("?state__exact=spam", "Nobodys", "Mine"),
        ("?kind__exact=press", "Mine", "Nobodys"),
        ("?owner_is=me", "Mine", "Nobodys"),
        ("?owner_is=unassigned", "Nobodys", "Mine"),
        ("?q=mine", "Mine", "Nobodys"),
    ]:
        names = [enquiry.name for enquiry in client.get(f"{LIST}{query}").context["cl"].result_list]
        assert shown in names, query
        assert hidden not in names, query


def test_list_costs_the_same_for_many(client, editor, django_assert_max_num_queries):
    for _ in range(20):
        sending.enquiry(owner=factories.user())
    with django_assert_max_num_queries(14):
        client.get(LIST)


def test_several_are_marked_as_spam_or_taken_up_at_once(client, editor):
    one, two, other = sending.enquiry(), sending.enquiry(), sending.enquiry()
    changed = other.last_changed_at
    run(client, "mark_as_spam", one, two)
    run(client, "assign_to_me", two)
    assert list(Enquiry.objects.order_by("pk").values_list("state", "owner")) == [
        ("spam", None),
        ("spam", editor.pk),
        ("new", None),
    ]
    one.refresh_from_db()
    assert one.last_changed_at > changed


def test_who_may_only_look_is_offered_no_action(client):
    person = factories.user()
    person.user_permissions.add(Permission.objects.get(codename="view_enquiry"))
    client.force_login(person)
    enquiry = sending.enquiry()
    run(client, "mark_as_spam", enquiry)
    assert Enquiry.objects.get().state == EnquiryState.NEW
    assert client.get(f"{LIST}export/").status_code == 200


def test_suspected_enquiry_that_an_editor_makes_new_is_mailed(client, editor, recipients, mail_server):
    enquiry = sending.enquiry(state=EnquiryState.SUSPECTED)
    client.post(f"{LIST}{enquiry.pk}/change/", {"state": "new", "owner": "", "note": ""})
    jobs.send_pending_enquiries()
    assert len(mail.outbox) == 1


def test_list_says_when_nobody_is_mailed_and_what_the_server_said(client, editor, settings):
    settings.MAILERS = {}
    assert "no mail server is configured (EMAIL_URL)" in client.get(LIST).content.decode()
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
    assert "name no recipient" in client.get(LIST).content.decode()
    enquiry = sending.enquiry(mail_error="ConnectionRefusedError: refused", mail_tried_at=timezone.now())
    assert "Failed" in client.get(LIST).content.decode()
    text = client.get(f"{LIST}{enquiry.pk}/change/").content.decode()
    assert "Failed, last tried" in text
    assert "ConnectionRefusedError: refused" in text


def test_list_warns_of_nothing_where_somebody_is_mailed(client, editor, recipients, mail_server):
    assert "Enquiries are not emailed" not in client.get(LIST).content.decode()


def test_inbox_holds_ones_own_enquiries_and_the_new_ones_of_nobody(client, editor):
    assert part_of(client.get("/admin/"), "Enquiries") is None
    other = factories.user("Editor")
    for state in EnquiryState:
        sending.enquiry(name=f"{state.label}, free", state=state)
        sending.enquiry(name=f"{state.label}, mine", state=state, owner=editor)
        sending.enquiry(name=f"{state.label}, taken", state=state, owner=other)
    part = part_of(client.get("/admin/"), "Enquiries")
    assert {item.title.removesuffix(", Example Ltd") for item in part.items} == {
        "New, free",
        "New, mine",
        "In progress, mine",
    }
    assert part.count == 3
    assert {item.waiting_for for item in part.items} == {"", str(editor)}


def test_file_holds_what_the_filters_show_of_all_pages(client, editor):
    for number in range(60):
        sending.enquiry(name=f"Writer {number}", kind="press" if number % 2 else "question")
    assert f'href="{LIST}export/?kind__exact=press"' in client.get(f"{LIST}?kind__exact=press").content.decode()
    response = client.get(f"{LIST}export/?kind__exact=press")
    head, *rows = rows_of(response)
    assert len(rows) == 30
    assert {row[head.index("Kind")] for row in rows} == {"Press"}
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in response.headers["Content-Disposition"]
    assert "no-store" in response.headers["Cache-Control"]
    assert client.get(f"{LIST}export/?nonsense=1").status_code == 302


def test_file_keeps_lines_quotes_and_any_script(client, editor):
    message = 'One, "two"\nthree; 什么'
    sending.enquiry(message=message)
    head, row = rows_of(client.get(f"{LIST}export/"))
    assert row[head.index("Message")] == message


@pytest.mark.parametrize(
    "cell", ["=1+1", "+44 1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "\n@x", "＝1", '=HYPERLINK("https://x")']
)
def test_no_cell_is_a_formula(cell):
    assert safe_cell(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "Words", "a=b", "5", "'=1"])
def test_other_cells_stay_as_they_are(cell):
    assert safe_cell(cell) == cell


def test_name_that_is_a_formula_is_harmless_in_the_file(client, editor):
    sending.enquiry(name='=cmd|"/c calc"!A1')
    head, row = rows_of(client.get(f"{LIST}export/"))
    assert row[head.index("Name")].startswith("'=")


def test_form_leads_to_an_answer_and_to_the_page(client, editor):
    enquiry = sending.enquiry(email="a&b?cc=x@example.org")
    html = client.get(f"{LIST}{enquiry.pk}/change/").content.decode()
    assert '<a href="mailto:a%26b%3Fcc%3Dx%40example.org">' in html
    assert '<a href="/services/custom-ai-systems/">/services/custom-ai-systems/</a>' in html
