"""Forms of records with drafts: buttons, drafts over live pages, conflicts, history, and permissions."""

import re
from datetime import UTC, datetime

import pytest
import time_machine
from lxml import html

from articles.models import Article, Author, Topic
from faq.models import Question
from publishing.content.publishable import State
from publishing.content.registry import publishable_models
from publishing.revisions.models import Action, Revision
from publishing.workflow.actions import ActionRequest, latest_content, perform_action
from tests import factories
from tests.publishing.admin.test_admin import editor, said, text_of
from tests.publishing.content.test_permissions import ARTICLES, buttons, change_url, form_of, run, sign_in

__all__ = ["editor"]

pytestmark = pytest.mark.django_db
MENU = ["Tomorrow 9:00", "Monday 9:00", "Schedule"]
LATER = {"go_live_at_0": "2999-01-01", "go_live_at_1": "09:00"}


def draft_over(record, **fields):
    """Save a draft with changed fields over a live record."""
    content = latest_content(record)
    return perform_action(record, ActionRequest(Action.SAVE, content | {"fields": content["fields"] | fields})).revision


def sent_by_the_form(client, record) -> dict:
    """Return the data that a browser would send for the unchanged form of `record`, without a button."""
    context = client.get(change_url(record)).context
    forms = [context["adminform"].form, *(formset.formset for formset in context["inline_admin_formsets"])]
    sent = {}
    for part in [forms[0], *(form for formset in forms[1:] for form in [formset.management_form, *formset.forms])]:
        for bound in part:
            value, widget = bound.value(), bound.field.widget
            if hasattr(widget, "decompress"):
                parts = zip(widget.widgets, widget.decompress(value), strict=True)
                sent |= {f"{bound.html_name}_{n}": one.format_value(v) or "" for n, (one, v) in enumerate(parts)}
            elif isinstance(value, list | type(None)):
                sent[bound.html_name] = "" if value is None else value
            else:
                shown = widget.format_value(value) if hasattr(widget, "format_value") else value
                sent[bound.html_name] = "" if shown is None else shown
    return sent


def post(client, record, action="save", **changes):
    return client.post(change_url(record), sent_by_the_form(client, record) | {"_continue": action} | changes)


def full_article():
    article = factories.article(authors=[factories.author(), factories.author()], topics=[factories.topic()])
    article.question_links.create(question=factories.question(), position=1)
    article.read_also_links.create(other=factories.article(), position=1)
    return article


# Draft over live -----------------------------------------------------------------------------------


def test_form_of_a_live_page_shows_its_draft_and_readers_the_old_text(editor, client):
    article = full_article()
    old, author, topic = article.title, factories.author(name="New desk"), factories.topic(name="New topic")
    form = sent_by_the_form(editor, article)
    form |= {"title": "New", "topics": [topic.pk], "author_links-0-author": author.pk, "_continue": "save"}
    response = editor.post(change_url(article), form, follow=True)
    assert "The changes are a draft: readers still see the published version" in said(response)[0]
    html = response.content.decode()
    assert ">\nNew</textarea>" in html
    assert f'<option value="{topic.pk}" selected>New topic</option>' in html
    assert re.search(rf'<option value="{author.pk}" selected[^>]*>New desk', html)
    assert "Published, with unpublished changes" in html
    editor.logout()
    page = client.get(article.get_absolute_url()).content.decode()
    assert old in page
    assert "New" not in re.findall(r"<h1[^>]*>(.*?)</h1>", page, re.DOTALL)[0]


def test_publishing_takes_the_draft_over_with_its_rows(editor):
    article = full_article()
    first, second = article.authors.all()
    form = {"author_links-0-position": "2", "author_links-1-position": "1", "title": "New"}
    post(editor, article, **form)
    assert [*article.authors.all()] == [first, second]
    post(editor, article, "publish")
    article = Article.objects.get(pk=article.pk)
    assert article.title == "New"
    assert [link.author for link in article.author_links.all()] == [second, first]


def test_a_row_is_taken_out_and_put_in_again_in_a_draft(editor):
    article = full_article()
    author = article.authors.first()
    form = sent_by_the_form(editor, article)
    form |= {"author_links-0-DELETE": "on", "_continue": "save"}
    editor.post(change_url(article), form)
    assert len(latest_content(article)["rows"]["author_links"]) == 1
    assert article.author_links.count() == 2
    form = sent_by_the_form(editor, article)
    form |= {"author_links-TOTAL_FORMS": 2, "author_links-1-author": author.pk, "author_links-1-position": 9}
    response = editor.post(change_url(article), form | {"_continue": "publish"})
    assert response.status_code == 302, response.context["errors"]
    assert article.author_links.last().author == author


@pytest.mark.parametrize("make", [full_article, factories.question, factories.author, factories.topic])
def test_opening_and_saving_changes_nothing(make, editor):
    record = make()
    if isinstance(record, Question):
        record.other_wordings.create(wording="In other words?")
    record.refresh_from_db()
    before = latest_content(record)
    response = editor.post(change_url(record), sent_by_the_form(editor, record) | {"_continue": "save"}, follow=True)
    assert latest_content(record) == before
    assert not Revision.objects.exclude(action=Action.FOUND).exists()
    assert "Published, with" not in text_of(response)


def test_a_draft_over_a_live_page_may_be_half_empty_and_is_published_whole(editor):
    article = factories.article(summary="Words.")
    assert post(editor, article, title="", summary="").status_code == 302
    response = post(editor, article, "publish")
    assert set(response.context["adminform"].form.errors) >= {"title", "summary"}
    assert Article.objects.get().summary == "Words."


@pytest.mark.parametrize("model", [Author, Topic], ids=["author", "topic"])
def test_records_with_a_name_have_drafts_too(model, editor):
    record = factories.publishable(model, "Old")
    post(editor, record, name="New")
    assert model.objects.get().name.startswith("Old")
    post(editor, record, "publish")
    assert model.objects.get().name == "New"


def test_records_of_the_catalogue_go_straight_to_the_row(admin_page):
    model = next(model for model in publishable_models() if model._meta.label == "catalog.Family")
    record = factories.publishable(model, "plain")
    html = admin_page.get(change_url(record)).content.decode()
    assert buttons(html) == []
    assert 'name="state"' in html


def test_what_another_wording_leads_to_stays_when_it_is_reworded(editor):
    question = factories.question()
    other = question.other_wordings.create(wording="How dear is it?")
    form = sent_by_the_form(editor, question)
    editor.post(change_url(question), form | {"other_wordings-0-wording": "How costly is it?", "_continue": "publish"})
    assert (question.other_wordings.get().wording, question.other_wordings.get().slug) == (
        "How costly is it?",
        other.slug,
    )


# Buttons -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (State.DRAFT, ["Save draft", "Publish", *MENU, "Submit for review"]),
        (State.IN_REVIEW, ["Save", "Publish", *MENU, "Return to draft"]),
        (State.PUBLISHED, ["Save draft", "Publish", *MENU, "Submit for review", "Unpublish", "Archive"]),
        (State.ARCHIVED, ["Save", "Publish", *MENU, "Return to draft"]),
    ],
)
def test_buttons_say_what_will_be_and_do_it(state, words, editor):
    with time_machine.travel(datetime(2026, 12, 2, 12, tzinfo=UTC), tick=False):
        shown = buttons(editor.get(change_url(factories.article(state=state))).content.decode())
    assert shown == words
    expected = {
        "Submit for review": State.IN_REVIEW,
        "Return to draft": State.DRAFT,
        "Publish": State.PUBLISHED,
        "Unpublish": State.DRAFT,
        "Archive": State.ARCHIVED,
    }
    for button, becomes in expected.items():
        if button in words and not (state == State.PUBLISHED and button == "Submit for review"):
            article = factories.article(state=state)
            html = editor.get(change_url(article)).content.decode()
            action = re.search(rf'name="_continue" value="(\w+)"[^>]*>{button}<', html)[1]
            post(editor, article, action)
            article.refresh_from_db()
            assert article.state == becomes, button


def test_what_is_added_beside_a_text_is_published_unless_one_says_otherwise(editor):
    add = "/admin/articles/topic/add/?_popup=1"
    html = editor.get(add).content.decode()
    assert buttons(html)[0] == "Publish"
    response = editor.post(add, {"name": "Costs", "_popup": "1", "_continue": "publish"})
    topic = Topic.objects.get()
    assert (topic.state, topic.slug) == (State.PUBLISHED, "costs")
    assert f"&quot;value&quot;: &quot;{topic.pk}&quot;" in response.content.decode()
    editor.post(add, {"name": "Speed", "_popup": "1", "_continue": "save"})
    assert Topic.objects.get(name="Speed").state == State.DRAFT


def test_changes_in_review_can_be_taken_back(editor):
    article = factories.article()
    post(editor, article, "submit", title="New")
    assert "Return to draft" in buttons(editor.get(change_url(article)).content.decode())
    post(editor, article, "withdraw")
    assert "Published, with unpublished changes" in text_of(editor.get(change_url(article)))


def test_scheduling_says_what_is_wrong_with_its_moment(editor):
    live, draft = factories.article(), factories.article(state=State.DRAFT)
    for record, name in ((live, "go_live_at"), (draft, "publish_at")):
        past = {f"{name}_0": "2001-01-01", f"{name}_1": "09:00"}
        assert "This date is past" in str(post(editor, record, "schedule", **past).context["errors"])
        assert "Choose a date and time." in str(post(editor, record, "schedule").context["errors"])
        half = post(editor, record, "schedule", **{f"{name}_0": "2999-01-01"})
        assert "Choose a time." in str(half.context["errors"])
        assert 'value="2999-01-01"' in half.text, "the date is kept"
        assert half.context["schedule_errors"], "the menu is open"
        assert "Choose a date." in str(post(editor, record, "schedule", **{f"{name}_1": "09:00"}).context["errors"])
    assert not Revision.objects.waiting().exists()


def test_a_new_address_in_a_draft_is_not_called_known(editor):
    article = factories.article(title="Costs")
    post(editor, article, "save", slug="prices")
    assert Revision.objects.head(article).content["fields"]["slug"] == "prices"
    assert "Readers and search engines know /articles/costs/." in text_of(editor.get(change_url(article)))


def asked(response) -> list[str]:
    """Return the answers that the page before publishing offers about the schedule."""
    assert response.status_code == 200
    assert "errors" not in response.context, response.context["errors"]
    return re.findall(r'name="scheduled_version" value="(\w+)"', response.content.decode())


def answer(client, page, answer="", action="publish"):
    """Send the page before publishing with an answer."""
    form = html.document_fromstring(page.content.decode()).get_element_by_id("content").forms[0]
    sent = {name: value for name, value in form.form_values() if name != "scheduled_version"}
    return client.post(page.request["PATH_INFO"], sent | {"_continue": action, "scheduled_version": answer})


def test_one_click_schedules_for_tomorrow_or_monday(editor):
    with time_machine.travel(datetime(2026, 12, 2, 12, tzinfo=UTC), tick=False):
        live, draft = factories.article(title="Old"), factories.article(state=State.DRAFT)
        post(editor, live, value_of("Tomorrow 9:00", editor, live), title="New")
        assert Revision.objects.waiting().get().go_live_at == datetime(2026, 12, 3, 9, tzinfo=UTC)
        post(editor, draft, value_of("Monday 9:00", editor, draft))
        draft.refresh_from_db()
        assert (draft.status, draft.publish_at) == ("Scheduled", datetime(2026, 12, 7, 9, tzinfo=UTC))
        post(editor, live, value_of("Monday 9:00", editor, live))
        assert Revision.objects.waiting().get().go_live_at == datetime(2026, 12, 7, 9, tzinfo=UTC)
        monday = value_of("Monday 9:00", editor, draft)
    with time_machine.travel(datetime(2026, 12, 8, 12, tzinfo=UTC), tick=False):
        late = post(editor, factories.article(state=State.DRAFT), monday)
        assert "This date is past" in str(late.context["errors"])
        assert 'value="2026-12-07"' in late.text


def value_of(label, client, record) -> str:
    return re.search(rf'name="_continue" value="([^"]+)"[^>]*>{label} <', client.get(change_url(record)).text)[1]


def test_those_who_may_not_publish_propose_a_date_among_the_other_fields(client):
    author = sign_in(client, "Author")
    draft = factories.article(state=State.DRAFT, owner=author)
    page = client.get(change_url(draft)).text
    assert "Tomorrow 9:00" not in page
    assert 'value="schedule"' not in page
    assert page.count('name="publish_at_0"') == 1


def test_a_date_to_come_is_asked_about_before_publishing(editor):
    live, draft = factories.article(), factories.article(state=State.DRAFT, title="First")
    page = post(editor, live, "publish", title="New", **LATER)
    assert asked(page) == ["cancel"]
    assert "Its date is 1 Jan 2999, 09:00 UTC. Publish it now instead?" in text_of(page)
    assert Article.objects.get(pk=live.pk).title != "New"
    answer(editor, page, "cancel", "schedule")
    assert Revision.objects.waiting().get().content["fields"]["title"] == "New"
    page = post(editor, draft, "publish", publish_at_0="2999-01-01", publish_at_1="09:00")
    assert "Schedule for 1 Jan 2999, 09:00 UTC" in text_of(page)
    assert answer(editor, page, "cancel").status_code == 302
    draft.refresh_from_db()
    assert (draft.status, draft.publish_at) == ("Published", None)


def test_a_text_that_waits_for_its_date_is_published_now(editor):
    article = factories.article(publish_at=datetime(2999, 1, 1, 9, tzinfo=UTC))
    page = post(editor, article, "publish", title="New")
    assert "It is scheduled for 1 Jan 2999, 09:00 UTC." in text_of(page)
    assert "Schedule for" not in text_of(page)
    answer(editor, page, "cancel")
    article.refresh_from_db()
    assert (article.status, article.title) == ("Published", "New")


@pytest.mark.parametrize(
    ("choice", "readers_see", "form_shows", "waits"),
    [
        ("cancel", "Newer", "Newer", False),
        ("keep", "Newer", "Newer", True),
        ("release", "Planned", "Newer", False),
    ],
)
def test_publishing_asks_what_becomes_of_the_scheduled_version(choice, readers_see, form_shows, waits, editor):
    article = factories.article(title="Old")
    post(editor, article, "schedule", title="Planned", **LATER)
    page = post(editor, article, "publish", title="Newer")
    assert asked(page) == ["cancel", "keep", "release"]
    assert Article.objects.get().title == "Old", "nothing happens before the answer"
    assert asked(answer(editor, page, "nonsense")) == ["cancel", "keep", "release"]
    assert answer(editor, page, choice).status_code == 302
    assert Article.objects.get().title == readers_see
    assert latest_content(Article.objects.get())["fields"]["title"] == form_shows
    assert Revision.objects.waiting().exists() == waits


def test_a_live_page_is_corrected_while_its_update_stays_scheduled(editor):
    article = factories.article(title="Old", summary="Wrong.")
    assert "Edit the published version" not in editor.get(change_url(article)).text
    post(editor, article, "schedule", title="Planned", **LATER)
    page = editor.get(change_url(article))
    editor.post(page.context["edit_live_url"])
    assert sent_by_the_form(editor, article)["title"] == "Old"
    assert "Edit the published version" not in editor.get(change_url(article)).text
    answer(editor, post(editor, article, "publish", summary="Right."), "keep")
    article.refresh_from_db()
    assert (article.title, article.summary) == ("Old", "Right.")
    assert Revision.objects.waiting().get().content["fields"]["title"] == "Planned"


def test_publishing_the_scheduled_version_itself_asks_only_whether_now(editor):
    article = factories.article(title="Old")
    post(editor, article, "schedule", title="Planned", **LATER)
    page = post(editor, article, "publish")
    assert asked(page) == ["cancel"]
    assert "It is scheduled for 1 Jan 2999, 09:00 UTC. Publish it now instead?" in text_of(page)
    answer(editor, page, "cancel")
    assert Article.objects.get().title == "Planned"
    assert not Revision.objects.waiting().exists()


def test_a_first_version_of_a_name_that_is_scheduled_cannot_leave_changes_as_a_draft(editor):
    topic = factories.topic(state=State.DRAFT, name="Old")
    post(editor, topic, "schedule", name="Planned", **LATER)
    assert asked(post(editor, topic, "publish", name="Newer")) == ["cancel", "keep"]


def test_the_list_publishes_nothing_over_a_scheduled_version(editor):
    article = factories.article(title="Old")
    post(editor, article, "schedule", title="Planned", **LATER)
    assert "A version is scheduled for 1 Jan 2999, 09:00 UTC" in said(run(editor, "publish", article))[-1]
    assert Article.objects.get().title == "Old"


def test_scheduled_update_is_shown_in_form_and_list_with_its_moment_and_zone(editor):
    article = factories.article()
    post(editor, article, "schedule", title="New", **LATER)
    said_of_it = text_of(editor.get(change_url(article)))
    made_at = f"{Revision.objects.waiting().get().made_at:%-d %b %Y, %H:%M} UTC"
    assert f"the version of {made_at} goes live on 1 Jan 2999, 09:00 UTC; later changes do not" in said_of_it
    assert sent_by_the_form(editor, article).items() >= LATER.items()
    assert "Published, update scheduled" in text_of(editor.get(ARTICLES))
    assert Article.objects.get().title != "New"


def test_an_author_reads_why_her_published_text_cannot_be_changed(client):
    author = factories.user("Author")
    text, draft = (factories.article(owner=author, state=state) for state in (State.PUBLISHED, State.DRAFT))
    client.force_login(author)
    sentence = "Readers have seen this text, so only editors can change it."
    assert sentence in text_of(client.get(change_url(text)))
    assert sentence not in text_of(client.get(change_url(draft)))


def test_saving_says_which_version_a_scheduled_update_brings(editor):
    article = factories.article()
    post(editor, article, "schedule", title="New", **LATER)
    unchanged = editor.post(change_url(article), sent_by_the_form(editor, article) | {"_continue": "save"}, follow=True)
    assert "The changes go live on 1 Jan 2999, 09:00 UTC. Until then readers see the current page" in said(unchanged)[0]
    assert "Readers can see it now" not in said(unchanged)[0]
    form = sent_by_the_form(editor, article) | {"_continue": "save", "title": "Newer"}
    later = said(editor.post(change_url(article), form, follow=True))[0]
    assert "The version scheduled for 1 Jan 2999, 09:00 UTC goes live without them." in later


@pytest.mark.parametrize("make", [factories.article, factories.topic])
def test_a_scheduled_update_is_cancelled_and_stays_as_a_draft(make, editor):
    record = make()
    assert "Unschedule the update" not in buttons(editor.get(change_url(record)).content.decode())
    post(editor, record, "schedule", **{record.title_field: "New"}, **LATER)
    assert "Unschedule the update" in buttons(editor.get(change_url(record)).content.decode())
    post(editor, record, "unschedule")
    assert not Revision.objects.waiting().exists()
    assert sent_by_the_form(editor, record)["go_live_at_0"] == ""
    assert latest_content(record)["fields"][record.title_field] == "New"
    assert "Published, with unpublished changes" in text_of(editor.get(change_url(record)))
    record.refresh_from_db()
    assert record.title_text != "New"


def test_lists_say_that_a_live_page_has_a_draft(editor):
    article = factories.article()
    draft_over(article, title="New")
    assert "Published, with unpublished changes" in text_of(editor.get(ARTICLES))


# Conflicts -----------------------------------------------------------------------------------------


def test_of_two_forms_both_texts_are_kept_and_shown_side_by_side(client):
    article = factories.article(title="Old", body="<p>The old words stand here.</p>")
    one = sign_in(client, "Editor")
    hers = sent_by_the_form(client, article)
    two = sign_in(client, "Editor")
    his = sent_by_the_form(client, article)
    client.force_login(one)
    client.post(change_url(article), hers | {"body": "<p>The new words stand here.</p>", "_continue": "publish"})
    client.force_login(two)
    changes = {"body": "<p>The strange words stand here.</p>", "title": "His", "_continue": "publish"}
    response = client.post(change_url(article), his | changes, follow=True)
    html = response.content.decode()
    assert f"{one.username} saved the first text while you were editing." in text_of(response)
    assert "<p>The <del>new</del> words stand here.</p>" in html
    assert "<p>The <ins>strange</ins> words stand here.</p>" in html
    article.refresh_from_db()
    assert (article.title, article.body) == ("Old", "<p>The new words stand here.</p>")
    kept = Revision.objects.get(is_aside=True)
    assert (kept.author, kept.content["fields"]["title"]) == (two, "His")
    restore = re.search(r'action="([^"]+/restore/)"[^>]*>(?:(?!</form>).)*Continue with my version', html, re.DOTALL)[1]
    response = client.post(restore, follow=True)
    assert ">\nHis</textarea>" in response.content.decode()


def test_nobody_is_told_that_she_herself_is_somebody_else(client):
    person = sign_in(client, "Editor")
    article = factories.article(title="Old")
    first = sent_by_the_form(client, article)
    post(client, article, title="One")
    response = client.post(change_url(article), first | {"title": "Two", "_continue": "save"}, follow=True)
    assert "You saved the first text in another window" in text_of(response)
    assert f"{person.username} saved" not in text_of(response)


def test_a_stale_form_that_says_the_same_is_no_conflict(editor):
    article = factories.article(title="Old")
    form = sent_by_the_form(editor, article)
    for _ in range(2):
        assert "/compare/" not in editor.post(change_url(article), form | {"title": "Same"})["Location"]


def test_actions_publish_the_draft_and_make_open_forms_stale(editor):
    article = factories.article(title="Old")
    draft_over(article, title="New")
    form = sent_by_the_form(editor, article)
    run(editor, "publish", article)
    assert Article.objects.get().title == "New"
    response = editor.post(change_url(article), form | {"title": "Other", "_continue": "save"})
    assert "/compare/" in response["Location"]


# History -------------------------------------------------------------------------------------------


def test_history_names_who_when_and_why_and_brings_a_version_back(client):
    person = sign_in(client, "Editor")
    article = full_article()
    standing = article.summary
    post(client, article, "publish", summary="Second.", note="Said more plainly")
    text = text_of(client.get(f"{ARTICLES}{article.pk}/history/"))
    for words in (person.username, "Said more plainly", "Initial version", "Compare"):
        assert words in text
    first = Revision.objects.earliest("pk")
    response = client.post(f"{ARTICLES}{article.pk}/history/{first.pk}/restore/", follow=True)
    assert standing in response.content.decode()
    assert Article.objects.get(pk=article.pk).summary == "Second."
    assert Revision.objects.latest("pk").action == Action.RESTORE
    post(client, article, "publish")
    assert Article.objects.get(pk=article.pk).summary == standing


def test_versions_stand_side_by_side_field_by_field(editor):
    article = full_article()
    question = article.question_links.get().question
    form = {
        "question_links-0-DELETE": "on",
        "topics": [],
        "facts_checked_on": "2026-11-20",
        "title": "Costs <b>now</b>",
    }
    post(editor, article, **form)
    one, other = Revision.objects.order_by("pk")
    html = editor.get(f"{ARTICLES}{article.pk}/history/compare/?one={one.pk}&other={other.pk}").content.decode()
    names = re.findall(r'compare__name">([^<]+)<', html)
    assert names == ["Title", "Facts checked on", "Topics", "Question shown in the article"]
    assert f"<del>{question.question}</del>" in html
    assert "<ins>Costs &lt;b&gt;now&lt;/b&gt;</ins>" in html


@pytest.mark.parametrize(
    "query",
    ["", "?one=1", "?one=x&other=y", "?one=999999999999999999999&other=1", "?one=1&other=2", "?one=latest&other=mine"],
)
def test_versions_that_are_not_there_lead_to_the_history(query, editor):
    article = factories.article()
    response = editor.get(f"{ARTICLES}{article.pk}/history/compare/{query}", follow=True)
    assert response.redirect_chain == [(f"{ARTICLES}{article.pk}/history/", 302)]
    assert "One of these versions was replaced" in response.content.decode()
    response = editor.get(f"{ARTICLES}0/history/compare/{query}")
    assert response.status_code == 404
    assert "admin/404.html" in {template.name for template in response.templates}


def test_versions_of_another_record_are_not_found(editor):
    one, other = factories.article(), factories.article()
    mine, theirs = draft_over(one, title="x"), draft_over(other, title="y")
    assert editor.get(f"{ARTICLES}{one.pk}/history/compare/?one={mine.pk}&other={theirs.pk}").status_code == 302
    assert editor.post(f"{ARTICLES}{one.pk}/history/{theirs.pk}/restore/").status_code == 404
    assert editor.get(f"{ARTICLES}{one.pk}/history/{mine.pk}/restore/").status_code == 405


# Roles ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["Author", "Catalogue manager"])
@pytest.mark.parametrize("state", [State.DRAFT, State.IN_REVIEW])
def test_drafts_of_others_are_seen_nowhere(role, state, client):
    draft = factories.article(title="Zyxw secret", state=state, owner=factories.user("Author"))
    question = factories.question(question="Zyxw secret?", state=state)
    sign_in(client, role)
    for record in (draft, question):
        base = f"/admin/{record._meta.app_label}/{record._meta.model_name}/"
        for path in (change_url(record), f"{base}{record.pk}/history/"):
            response = client.get(path)
            assert response.status_code == 403, path
            assert "Zyxw" not in response.content.decode()
        for path in (base, f"{base}?q=Zyxw", "/admin/", "/admin/publishing/find/?q=Zyxw"):
            assert "Zyxw secret" not in client.get(path).content.decode(), path
        assert (
            client.get(f"/admin/publishing/find/?q=ref:{record._meta.label_lower}/{record.pk}").json()["results"] == []
        )
        assert client.get(record.get_absolute_url()).status_code == 404
        assert client.post(f"{base}{record.pk}/delete/", {"post": "yes"}).status_code == 403
    query = "app_label=articles&model_name=readalso&field_name=other&term=Zyxw"
    assert "Zyxw" not in client.get(f"/admin/autocomplete/?{query}").content.decode()


@pytest.mark.parametrize("role", ["Author", "Catalogue manager"])
@pytest.mark.parametrize("own", [True, False])
def test_a_draft_over_a_live_page_and_its_history_are_for_those_who_may_publish(role, own, client):
    person = factories.user(role)
    article = factories.article(owner=person if own else None)
    draft = draft_over(article, title="Zyxw secret")
    client.force_login(person)
    first = Revision.objects.earliest("pk")
    base = f"{ARTICLES}{article.pk}/"
    assert client.get(f"{base}history/").status_code == 403
    for path in (f"{base}change/", article.get_absolute_url()):
        response = client.get(path)
        assert response.status_code == 200
        assert "Zyxw" not in response.content.decode()
    assert client.get(f"{base}history/compare/?one={first.pk}&other={draft.pk}").status_code == 403
    for revision in (first, draft):
        assert client.post(f"{base}history/{revision.pk}/restore/").status_code == 403
    for action in Action.values:
        assert client.post(f"{base}change/", form_of(article, _continue=action, title="Hers")).status_code == 403
    run(client, "publish", article)
    assert Article.objects.get().title != "Zyxw secret"
    assert Revision.objects.count() == 2


def test_author_has_the_history_of_her_own_draft(client):
    person = sign_in(client, "Author")
    article = factories.article(state=State.DRAFT, owner=person, title="First")
    post(client, article, title="Second")
    first, second = Revision.objects.order_by("pk")
    assert client.get(f"{ARTICLES}{article.pk}/history/compare/?one={first.pk}&other={second.pk}").status_code == 200
    client.post(f"{ARTICLES}{article.pk}/history/{first.pk}/restore/")
    article.refresh_from_db()
    assert (article.title, article.state) == ("First", State.DRAFT)


@pytest.mark.parametrize("role", ["Editor", "Author", "Catalogue manager", ""])
def test_history_of_every_kind_is_open_to_whoever_may_change_it(role, client):
    client.force_login(factories.user(role))
    for model in publishable_models():
        record = factories.publishable(model, "kind")
        if hasattr(record, "revisions"):
            draft = draft_over(record, **{model.title_field: "Other"})
            first = Revision.objects.of(record).earliest("pk")
            base = f"/admin/{model._meta.app_label}/{model._meta.model_name}/{record.pk}/history/"
            expected = 200 if role == "Editor" else 403
            assert client.get(f"{base}compare/?one={first.pk}&other={draft.pk}").status_code == expected
            response = client.post(f"{base}{first.pk}/restore/")
            assert response.status_code == (302 if role == "Editor" else 403)


def test_strangers_are_led_to_sign_in(client):
    article = factories.article()
    draft = draft_over(article, title="x")
    base = f"{ARTICLES}{article.pk}/history/"
    for response in (client.get(f"{base}compare/?one={draft.pk}&other=1"), client.post(f"{base}{draft.pk}/restore/")):
        assert response["Location"].startswith("/admin/login/")


def test_moments_are_kept_to_the_microsecond(editor):
    moment = datetime(2020, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
    article = factories.article(publish_at=moment)
    post(editor, article, "publish", title="New")
    assert Article.objects.get().publish_at == moment
