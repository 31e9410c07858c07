"""Typed words survive a refused save: every form of the admin, with its rows, is filled with marked words, one of its
fields is made invalid, and the answered form must hold each of them. New forms of records are included by themselves.
"""

import re
from itertools import count

import pytest
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.test import RequestFactory
from lxml import html

from catalog.models import AIModel
from ops.http.urls import admin_url, change_url
from publishing.api.partner import Partner, PartnerKey
from publishing.content.redirect import Redirect
from publishing.images.models import Image
from publishing.site.models import ONLY_ROW, SiteSettings
from tests import factories
from tests.articles.sections.test_page import each_type
from tests.catalog import factories as catalog

pytestmark = [pytest.mark.django_db, pytest.mark.whole]
NEW_ROW = "-__prefix__-"
# Inputs of words; dates, numbers and choices keep what the page sent.
TEXTS = "self::textarea or self::input[not(@type) or @type='text' or @type='url' or @type='email' or @type='search']"


@pytest.fixture
def signed_in(client):
    user = factories.administrator(username="walker", password="a long enough password")
    client.force_login(user)
    client.user = user
    return client


class Typed:
    """A form of a page with marked words in each of its text fields: `sent` by name, and `words` by the same names."""

    def __init__(self, page, form_id: str = ""):
        tree = html.document_fromstring(page.content.decode())
        self.path = page.request["PATH_INFO"]
        self.form = _form(tree, form_id)
        self.sent, self.words, numbers = {}, {}, count(1)
        texts = {field.get("name"): field for field in self.form.xpath(f".//*[{TEXTS}]") if field.get("name")}
        for name, value in self.form.form_values():
            self.sent.setdefault(name, []).append(value.removeprefix("\n"))
        for name, field in texts.items():
            if field.get("readonly") is None and field.get("disabled") is None:
                self.words[name] = f"words{next(numbers)}z"[: int(field.get("maxlength") or 99)]
                is_rich = field.get("data-django-prose-editor-configurable") is not None
                self.sent[name] = [f"<p>{self.words[name]}</p>" if is_rich else self.words[name]]
        self._open_new_rows()

    def _open_new_rows(self):
        """Turn the empty row of each inline into a new one, as its button does."""
        totals = {name for name in self.sent if name.endswith("-TOTAL_FORMS")}
        for name in totals:
            prefix = name.removesuffix("-TOTAL_FORMS")
            place = int(self.sent[name][0])
            new = [given for given in self.sent if given.startswith(f"{prefix}{NEW_ROW}")]
            for given in new:
                renamed = given.replace(NEW_ROW, f"-{place}-")
                self.sent[renamed] = self.sent.pop(given)
                if given in self.words:
                    self.words[renamed] = self.words.pop(given)
            self.sent[name] = [str(place + bool(new))]

    def make_invalid(self):
        """Make one field invalid: one that is too long, without hiding its words, or else an empty required one."""
        for field in self.form.xpath(f".//*[{TEXTS}][@maxlength]"):
            name = field.get("name")
            if name in self.words and len(self.words[name]) > 5:
                self.words[name] = self.words[name] + "x" * int(field.get("maxlength"))
                self.sent[name] = [self.words[name]]
                return
        for field in self.form.xpath(".//input[@type='number' or @type='date']"):
            if NEW_ROW not in field.get("name"):
                self.sent[field.get("name")] = ["no number"]
                return
        raise AssertionError(f"{self.path} has no field of limited length: name an invalid value for it.")

    def lost(self, answer, form_id: str = "") -> list[str]:
        """Return the names of the fields whose words the answered form does not have."""
        tree = html.document_fromstring(answer.content.decode())
        values = {}
        for name, value in _form(tree, form_id).form_values():
            values.setdefault(_place(name), []).append(value)
        return [name for name, words in self.words.items() if words not in " ".join(values.get(_place(name), []))]


def _form(tree, form_id: str):
    """Return the form with that id, or else the one of the page that has fields for words."""
    [form] = tree.xpath(f"//form[@id='{form_id}']" if form_id else f"//main//form[@method='post'][.//*[{TEXTS}]]")
    return form


def _place(name: str) -> str:
    """Return the name of a field without the number of its row: sections and rows may be numbered anew."""
    return re.sub(r"-(\d+|[0-9a-f]{8})(?=-)", "", name)


def forms_of_records(client) -> dict[str, str]:
    """Return the addresses of the forms of all registered models, with the ids of the forms."""
    request = RequestFactory().get("/admin/")
    request.user = client.user
    records, addresses = records_by_model(), {}
    for model, model_admin in admin.site._registry.items():
        form_id = f"{model._meta.model_name}_form"
        names = {url.name for url in model_admin.get_urls()}
        if f"{model._meta.app_label}_{model._meta.model_name}_change" not in names:
            continue  # a list without forms
        if model_admin.has_add_permission(request):
            addresses[admin_url(model, "add")] = form_id
        if model_admin.has_change_permission(request):
            record = records.get(model) or model._base_manager.first() or factories.row(model)
            if model_admin.has_change_permission(request, record):
                addresses[change_url(record)] = form_id
    return addresses


def records_by_model() -> dict:
    factories.world()
    key, _ = PartnerKey.objects.create_key(name="Key", partner=factories.row(Partner))
    records = {AIModel: catalog.whole_model(), get_user_model(): factories.user("Editor"), PartnerKey: key}
    SiteSettings.objects.get_or_create(pk=ONLY_ROW)
    factories.article(body="<p>It is currently the latest.</p>")
    factories.row(Redirect, path="/old/", new_path="/faq/")
    for model in admin.site._registry:
        if hasattr(model, "own_kind"):
            sections = each_type() if model.own_kind == "page" else []
            records[model] = model.objects.create(kind=model.own_kind, title="Kept", summary="x", sections=sections)
    return records


def test_words_typed_into_any_form_of_a_record_survive_a_refused_save(signed_in):
    lost, addresses = {}, forms_of_records(signed_in)
    assert len(addresses) > 50
    for address, form_id in addresses.items():
        typed = Typed(signed_in.get(address), form_id)
        if not typed.words:
            continue
        typed.make_invalid()
        answer = signed_in.post(address, typed.sent | {"_continue": "save"})
        if answer.status_code != 200:
            lost[address] = f"not refused: {answer.status_code}"
        elif missing := typed.lost(answer, form_id):
            lost[address] = missing
    assert not lost


def test_words_typed_into_the_other_forms_of_the_admin_survive_a_refusal(signed_in):
    image, draft = factories.image(), factories.article(state="in_review")
    addresses = {
        admin_url(get_user_model(), "invite"): "",
        f"{admin_url(Image, 'texts')}?images={image.pk}": "",
        change_url(draft).replace("/change/", "/review/"): "decide",
    }
    for address, form_id in addresses.items():
        typed = Typed(signed_in.get(address), form_id)
        typed.make_invalid()
        assert typed.words
        answer = signed_in.post(address, typed.sent)
        assert answer.status_code in {200, 400}, address
        assert not typed.lost(answer, form_id), address
