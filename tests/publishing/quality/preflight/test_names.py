"""Findings of pre-flight about names, and the form's buttons with which an editor handles them."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from lxml import html as lxml_html

from articles.models import Article
from catalog.models import AIModel, Alias, Family, LifecycleEvent, Vendor
from publishing.quality.names.name_rule import NameRule
from publishing.quality.preflight.checking import preflight
from publishing.richtext import clean
from tests import factories
from tests.publishing.admin.test_drafts import sent_by_the_form
from tests.publishing.content.test_permissions import ARTICLES, change_url, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def catalogue():
    maker = Vendor.objects.create(name="OpenAI")
    family = Family.objects.create(name="GPT", vendor=maker)
    model = AIModel.objects.create(name="GPT-4", family=family)
    LifecycleEvent.objects.create(model=model, kind="retired", date="2024-01-01")
    AIModel.objects.create(name="DALL-E 4", existence="unverified", notice="Nobody has seen it.")
    AIModel.objects.create(name="GPT-4o", family=family)
    Alias.objects.create(model=model, text="GPT4")
    NameRule.objects.get_or_create(key="anthropic", defaults={"words": "Anthropic", "rule": "proper"})
    Vendor.objects.create(name="Anthropic")
    return {record.name: record for table in (Vendor, Family, AIModel) for record in table.objects.all()}


BODY = clean(
    "<p>OpenAI made GPT4 and Antropic did not. GPT-9, a GPT, GPT-4o and GPT-4o.</p>"
    "<h2>GPT-4o</h2><p>DALL-E 4, GPT-4.</p><h2>Gpt of Antropic</h2>"
)


def said(body) -> list[tuple]:
    return [(found.rule, found.name.words, found.name.nth) for found in preflight(factories.article(body=body))]


def test_each_name_is_judged(catalogue):
    assert sorted(said(BODY)) == sorted(
        [
            ("name_unlinked", "OpenAI", 0),
            ("name_spelling", "GPT4", 0),
            ("name_misspelt", "Antropic", 0),
            ("name_misspelt", "Antropic", 1),
            ("name_unknown", "GPT-9", 0),
            ("name_unlinked", "GPT", 2),
            ("name_unlinked", "GPT-4o", 0),
            ("name_caution", "DALL-E 4", 0),
            ("name_caution", "GPT-4", 3),
        ]
    )
    assert said("<blockquote><p>Antropic made GPT-4 and GPT-9.</p></blockquote><pre><code>GPT-4o</code></pre>") == []


def test_what_is_linked_but_unverified_is_said_too(catalogue):
    link = f'<a href="ref:catalog.aimodel/{catalogue["DALL-E 4"].pk}">DALL-E 4</a>'
    [found] = preflight(factories.article(body=f"<p>{link}</p>"))
    assert (found.rule, "is not verified" in found.words) == ("link_caution", True)


# The buttons ----------------------------------------------------------------------------------------


@pytest.fixture
def draft(client, catalogue):
    person = sign_in(client, "Author")
    return factories.article(state="draft", body=BODY, owner=person)


def rows(client, record) -> dict[str, list]:
    """Return the buttons of the panel, by the words of each finding; those for all names under ""."""
    tree = lxml_html.fromstring(client.get(change_url(record)).content.decode())
    found = {"": tree.xpath("//button[@name='_names'][not(ancestor::ul)]")}
    for row in tree.xpath("//section[@class='preflight__names']//li"):
        words = row.xpath(".//*[@class='preflight__words']")
        found[words[0].text if words else row.text.strip()] = row.xpath(".//*[@class='preflight__choice']")
    return found


def send(client, record, rule, **changes):
    """Send what the script of the form sends when a button with a rule is pressed."""
    sent = sent_by_the_form(client, record) | {"_names": rule} | changes
    return client.post(f"{change_url(record).removesuffix('change/')}preflight/", sent)


def press(client, record, words, label):
    [button] = [button for button in rows(client, record)[words] if button.text.strip() == label]
    return send(client, record, button.get("value"))


MISSPELT = "“Antropic” looks like “Anthropic” with a mistake in it."


def test_who_has_the_right_ignores_everywhere_and_takes_it_back_in_a_list(client, catalogue):
    author = sign_in(client, "Author")
    own = factories.article(state="draft", body=BODY, owner=author)
    assert [button.text for button in rows(client, own)[MISSPELT]] == ["Write “Anthropic”"]
    send(client, own, "do=ignore&words=Antropic")
    assert not NameRule.objects.filter(key="antropic").exists()
    sign_in(client, "Editor")
    press(client, own, MISSPELT, "Ignore everywhere")
    assert all(found.rule != "name_misspelt" for found in preflight(factories.article(body=BODY)))
    listed = client.get("/admin/publishing/namerule/?q=antropic").content.decode()
    assert "1 rule for a name" in listed
    refused = client.post("/admin/publishing/namerule/add/", {"words": "ANTROPIC", "rule": "ignore"})
    assert "A rule for these words already exists." in refused.content.decode()
    refused = client.post("/admin/publishing/namerule/add/", {"words": "–", "rule": "ignore"})
    assert "Enter letters or numbers" in refused.content.decode()


def test_what_is_unknown_can_be_added_by_those_who_may(client, catalogue):
    text = factories.article(body=BODY)
    sign_in(client, "Editor")
    [link] = [
        item
        for item in rows(client, text)["“GPT-9” looks like the name of a model that the catalogue does not have."]
        if item.tag == "a"
    ]
    sent = {name: values[0] for name, values in parse_qs(urlsplit(link.get("href")).query).items()}
    assert sent == {
        "name": "GPT-9",
        "existence": "unverified",
        "family": str(catalogue["GPT"].pk),
        "notice": f"Mentioned in “{text}”; no vendor source found.",
    }
    form = client.get(link.get("href")).context["adminform"].form
    assert {name: form[name].value() for name in sent} == sent | {"family": str(catalogue["GPT"].pk)}


@pytest.mark.parametrize(
    "value", ["do=burn&words=x", "nothing", "do=link&words=GPT-4o", "do=ignore&words=-", "do=ignore"]
)
def test_what_is_no_rule_is_not_kept(client, draft, value):
    before = NameRule.objects.count()
    assert send(client, draft, value).status_code == 200
    assert NameRule.objects.count() == before


def test_the_script_asks_with_a_rule_to_keep_and_nothing_is_saved(client, draft):
    sign_in(client, "Editor")
    page = send(client, draft, "do=ignore&words=Antropic", title="Typed").content.decode()
    assert MISSPELT not in page
    draft.refresh_from_db()
    assert draft.title != "Typed"


def test_an_import_links_what_is_certain(client, catalogue):
    sign_in(client, "Author")
    file = SimpleUploadedFile("x.html", f"<h1>T</h1>{BODY}".encode())
    page = client.post(f"{ARTICLES}import/", {"file": file}, follow=True).content.decode()
    assert Article.objects.get().body.count('<a href="ref:catalog.') == 6
    assert "Linked to the catalogue: OpenAI, GPT4, GPT, GPT-4o, DALL-E 4, " in page
