"""Every role at every address of the admin, on the user's own records and on those of others, by GET and by POST; and
every action of every list. The tables below say what is allowed: an address or an action that is in none of them fails.

Everything that an Author must not read (others' drafts, and texts and comments about them) contains a secret word; no
response to an Author may contain it. Everything that an Author must not change is compared before and after each post.
"""

import re
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group, User
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.test import Client, override_settings
from django.urls import URLPattern, get_resolver, reverse
from django.utils import timezone

from catalog.models import TableImport
from publishing.accounts.invitations import invite
from publishing.api.partner import Partner, PartnerKey
from publishing.content.prose import Prose
from publishing.content.publishable import State
from publishing.content.redirect import Redirect
from publishing.content.registry import kinds, publishable_model, publishable_models
from publishing.content.revised import Revised
from publishing.content.snippet import Snippet
from publishing.quality.claims.models import Claim
from publishing.quality.names.name_rule import NameRule
from publishing.revisions.models import Action, Revision
from publishing.site.models import SiteSettings
from publishing.workflow.actions import ActionRequest, latest_content, perform_action
from publishing.workflow.comment import Comment, Verdict
from publishing.workflow.share_link import ShareLink
from tests import factories

pytestmark = pytest.mark.django_db
SECRET = "zyxwhidden"
LOOKED_FOR = "lookedfor"  # beside each secret: the search term, which the response repeats
HIDDEN = f"{SECRET} {LOOKED_FOR}"
ROLES = {"-": "anonymous", "S": "", "A": "Author", "C": "Catalogue manager", "E": "Editor", "D": "Administrator"}
STAFF, ALL = "SACED", "-SACED"  # S: staff without a role

# The tables -----------------------------------------------------------------------------------------
#
# Group of kinds of record and address below theirs: the roles that may GET and those that may POST; "" is none.
# If a line ends with an owner, there are several records: the user's own draft, another user's draft, and a live one.
# The address "change" is posted to with the button "Save draft"; the other buttons are tested further down.

GROUPS = {
    "texts": "articles.article articles.service articles.casestudy articles.page faq.question",
    "names": "articles.author articles.topic faq.questiontopic",
    "catalogue": "catalog.aimodel catalog.vendor catalog.modality catalog.family catalog.provider",
    "rows": "catalog.offering catalog.price catalog.lifecycleevent catalog.source",
    "logs": "catalog.importrun catalog.heldrecord catalog.fieldchange",
    "pictures": "publishing.image",
    "snippets": "publishing.snippet",
    "redirects": "publishing.redirect",
    "names in texts": "publishing.namerule",
    "claims": "publishing.claim",
    "gaps": "publishing.dismissedgap",
    "partners": "publishing.partner publishing.partnerkey",
    "settings": "publishing.sitesettings",
    "enquiries": "enquiries.enquiry",
    "votes": "faq.vote",
    "people": "auth.user",
    "roles": "auth.group",
    "history": "admin.logentry",
    "machinery": "django_tasks_database.dbtaskresult",
}
TABLE = {
    "texts changelist": ("ACED", "ACED"),
    "texts section": ("", "AED"),
    "texts add": ("AED", "AED"),
    "texts change, own draft": ("AED", "AED"),
    "texts change, draft of others": ("ED", "ED"),
    "texts change, published": ("ACED", "ED"),
    "texts delete, own draft": ("ED", "ED"),
    "texts delete, draft of others": ("ED", "ED"),
    "texts delete, published": ("ED", "ED"),
    "texts history, own draft": ("AED", "AED"),
    "texts history, draft of others": ("ED", "ED"),
    "texts history, published": ("ED", "ED"),
    "texts review, own draft": ("AED", "AED"),
    "texts review, draft of others": ("ED", "ED"),
    "texts review, published": ("ED", "ED"),
    "texts merge, own draft": ("", "AED"),
    "texts merge, draft of others": ("", "ED"),
    "texts merge, published": ("", "ED"),
    "texts comments, own draft": ("AED", "AED"),
    "texts comments, draft of others": ("ED", "ED"),
    "texts comments, published": ("ED", "ED"),
    "texts resolve, own draft": ("", "AED"),
    "texts resolve, draft of others": ("", "ED"),
    "texts resolve, published": ("", "ED"),
    "texts presence, own draft": ("", "AED"),
    "texts presence, draft of others": ("", "ED"),
    "texts presence, published": ("", "ED"),
    "texts compare, own draft": ("AED", ""),
    "texts compare, draft of others": ("ED", ""),
    "texts compare, published": ("ED", ""),
    "texts restore, own draft": ("", "AED"),
    "texts restore, draft of others": ("", "ED"),
    "texts restore, published": ("", "ED"),
    "texts duplicate, own draft": ("", "AED"),
    "texts duplicate, draft of others": ("", "ED"),
    "texts duplicate, published": ("", "AED"),
    "texts autosave, own draft": ("AED", "AED"),
    "texts autosave, draft of others": ("ED", "ED"),
    "texts autosave, published": ("ED", "ED"),
    "texts preview, own draft": ("", "AED"),
    "texts preview, draft of others": ("", "ED"),
    "texts preview, published": ("", "ED"),
    "texts share, own draft": ("AED", "AED"),
    "texts share, draft of others": ("ED", "ED"),
    "texts share, published": ("ED", "ED"),
    "texts revoke, own draft": ("", "AED"),
    "texts revoke, draft of others": ("", "ED"),
    "texts revoke, published": ("", "ED"),
    "texts preflight, own draft": ("", "AED"),
    "texts preflight, draft of others": ("", "ED"),
    "texts preflight, published": ("", "ED"),
    "texts autosave_new": ("AED", "AED"),
    "texts preview_new": ("", "AED"),
    "texts still_correct, own draft": ("", "ED"),
    "texts still_correct, draft of others": ("", "ED"),
    "texts still_correct, published": ("", "ED"),
    "names still_correct": ("", "ED"),
    "texts confirm, own draft": ("", "ED"),
    "texts confirm, draft of others": ("", "ED"),
    "texts confirm, published": ("", "ED"),
    "names confirm": ("", "ED"),
    "claims changelist": ("ED", "ED"),
    "claims add": ("", ""),
    "claims change": ("ED", "ED"),
    "claims delete": ("", ""),
    "claims history": ("ED", "ED"),
    "claims confirm": ("", "ED"),
    "gaps changelist": ("ED", "ED"),
    "gaps add": ("", ""),
    "gaps dismiss": ("", "ED"),
    "texts import_file": ("AED", "AED"),
    "texts duplicates": ("", "AED"),
    "texts pairs": ("ED", ""),
    "names comments": ("ED", "ED"),
    "names resolve": ("", "ED"),
    "names presence": ("", "ED"),
    "names merge": ("", "ED"),
    "names autosave": ("ED", "ED"),
    "names autosave_new": ("ED", "ED"),
    "names preview": ("", "ED"),
    "names preview_new": ("", "ED"),
    "names share": ("ED", "ED"),
    "names revoke": ("", "ED"),
    "names preflight": ("", "ED"),
    "pictures upload": ("ACED", "ACED"),
    "pictures describe": ("CED", "CED"),
    "pictures texts": ("ACED", "ACED"),
    "names changelist": ("ACED", "ACED"),
    "names add": ("ED", "ED"),
    "names change": ("ACED", "ED"),
    "names delete": ("ED", "ED"),
    "names history": ("ED", "ED"),
    "names review": ("ED", "ED"),
    "names compare": ("ED", ""),
    "names restore": ("", "ED"),
    "catalogue changelist": ("ACED", "ACED"),
    "catalogue add": ("CED", "CED"),
    "catalogue change": ("ACED", "CED"),
    "catalogue delete": ("CED", "CED"),
    "catalogue history": ("ACED", "ACED"),
    "catalogue merge": ("CED", "CED"),
    "catalogue duplicates": ("ACED", "ACED"),
    "catalogue proposals": ("CED", "CED"),
    "catalogue export": ("ACED", "ACED"),
    "catalogue import": ("CED", "CED"),
    "catalogue import_file": ("CED", "CED"),
    "rows changelist": ("ACED", "ACED"),
    "rows add": ("CED", "CED"),
    "rows change": ("ACED", "CED"),
    "rows delete": ("CED", "CED"),
    "rows history": ("ACED", "ACED"),
    "rows export": ("ACED", "ACED"),
    "rows import": ("CED", "CED"),
    "rows import_file": ("CED", "CED"),
    "logs changelist": ("ACED", "ACED"),
    "logs add": ("", ""),
    "logs change": ("ACED", ""),
    "logs delete": ("", ""),
    "logs history": ("ACED", "ACED"),
    "logs new": ("CED", "CED"),
    "logs step": ("", "CED"),
    "pictures changelist": ("ACED", "ACED"),
    "pictures add": ("ACED", "ACED"),
    "pictures change": ("ACED", "CED"),
    "pictures delete": ("ED", "ED"),
    "pictures history": ("ACED", "ACED"),
    "pictures file": (STAFF, STAFF),
    "snippets changelist": ("ACED", "ACED"),
    "snippets add": ("ED", "ED"),
    "snippets change": ("ACED", "ED"),
    "snippets delete": ("ED", "ED"),
    "snippets history": ("ACED", "ACED"),
    "names in texts changelist": ("CED", "CED"),
    "names in texts add": ("CED", "CED"),
    "names in texts change": ("CED", "CED"),
    "names in texts delete": ("CED", "CED"),
    "names in texts history": ("CED", "CED"),
    "redirects changelist": ("ED", "ED"),
    "redirects add": ("ED", "ED"),
    "redirects change": ("ED", "ED"),
    "redirects delete": ("ED", "ED"),
    "redirects history": ("ED", "ED"),
    "partners changelist": ("ED", "ED"),
    "partners add": ("ED", "ED"),
    "partners change": ("ED", "ED"),
    "partners delete": ("ED", "ED"),
    "partners history": ("ED", "ED"),
    "settings changelist": ("ED", "ED"),
    "settings add": ("", ""),  # there is one row
    "settings change": ("ED", "ED"),
    "settings delete": ("", ""),
    "settings history": ("ED", "ED"),
    "enquiries changelist": ("ED", "ED"),
    "enquiries add": ("", ""),
    "enquiries change": ("ED", "ED"),
    "enquiries delete": ("", ""),
    "enquiries history": ("ED", "ED"),
    "enquiries export": ("ED", ""),
    "votes changelist": ("ED", "ED"),
    "votes add": ("", ""),
    "votes change": ("ED", ""),
    "votes delete": ("ED", "ED"),
    "votes history": ("ED", "ED"),
    "people changelist": ("D", "D"),
    "people add": ("D", "D"),
    "people change": ("D", "D"),
    "people change, superuser": ("D", ""),
    "people delete": ("", ""),
    "people delete, superuser": ("", ""),
    "people history": ("D", "D"),
    "people history, superuser": ("D", "D"),
    "people password_change": ("D", "D"),
    "people password_change, superuser": ("", ""),
    "people reset_second_factor": ("", "D"),
    "people reset_second_factor, superuser": ("", ""),
    "people invite": ("D", "D"),
    "people invite_again": ("", "D"),
    "roles changelist": ("D", "D"),
    "roles add": ("", ""),
    "roles change": ("D", ""),
    "roles delete": ("", ""),
    "roles history": ("D", "D"),
    "history changelist": ("ED", "ED"),
    "history add": ("", ""),
    "history change": ("ED", ""),
    "history delete": ("", ""),
    "history history": ("ED", "ED"),
    "machinery changelist": ("", ""),
    "machinery add": ("", ""),
    "machinery change": ("", ""),
    "machinery delete": ("", ""),
    "machinery history": ("", ""),
}
# Addresses that belong to no kind of record, by their names, with an example of each argument.
OTHERS = {
    "admin:index": (STAFF, STAFF, {}),
    "admin:app_list": (STAFF, STAFF, {"app_label": "articles"}),
    "admin:login": (ALL, ALL, {}),
    "admin:logout": ("-", ALL, {}),  # redirects anonymous users to the start page, and from there to the sign-in form
    "admin:password_change": (STAFF, STAFF, {}),
    "admin:password_change_done": (STAFF, "", {}),
    "admin:autocomplete": ("", "", {}),  # without the name of a field; with names below
    "admin:jsi18n": (STAFF, "", {}),
    "admin:view_on_site": ("", "", {"content_type_id": 0, "object_id": 0}),  # with records below
    "admin:publishing_needs_review": (STAFF, "", {}),
    "admin:publishing_calendar": (STAFF, "", {}),
    "admin_calendar": ("", "", {"token": "none"}),
    "admin:publishing_close_checklist": ("", STAFF, {}),
    "admin:publishing_search": (STAFF, STAFF, {}),
    "admin:publishing_profile": (STAFF, STAFF, {}),
    "admin:publishing_run_again": ("", "D", {}),
    "admin:publishing_find": (STAFF, STAFF, {}),
    "admin:publishing_facts": ("", "", {}),  # without the name of a record; with names below
    "admin:publishing_table": ("", "", {}),  # without models to compare: tests/catalog/integration/test_tables.py
    "admin:publishing_paste": ("", "ACED", {}),
    "admin:second_factor": (STAFF, STAFF, {}),
    "admin:second_factor_code": (STAFF, STAFF, {}),
    "admin_password_reset": (ALL, ALL, {}),
    "admin_password_reset_done": (ALL, "", {}),
    "admin_password_reset_confirm": (ALL, ALL, {"uidb64": "MQ", "token": "none"}),
}
# The roles that may use an action on records: in the list of their group, or in all lists.
ACTIONS = {
    "texts publish": "ED",
    "texts unpublish_selected": "ED",
    "texts delete_selected": "ED",
    "texts restore": "ED",
    "texts tag": "ED",
    "names publish": "ED",
    "names unpublish_selected": "ED",
    "names delete_selected": "ED",
    "names restore": "ED",
    "catalogue publish": "CED",
    "catalogue unpublish_selected": "CED",
    "catalogue archive": "CED",
    "catalogue delete_selected": "CED",
    "catalogue restore": "CED",
    "catalogue mark_checked": "CED",
    "catalogue merge_chosen": "CED",
    "rows mark_checked": "CED",
    "rows delete_selected": "CED",
    "logs apply": "CED",
    "logs apply_always": "CED",
    "logs dismiss": "CED",
    "logs revert_change": "CED",
    "logs release": "CED",
    "logs revert_whole_batch": "CED",
    "pictures add_tags": "CED",
    "pictures delete_selected": "ED",
    "snippets delete_selected": "ED",
    "redirects delete_selected": "ED",
    "names in texts delete_selected": "CED",
    "claims confirm_chosen": "ED",
    "claims assign_to_me": "ED",
    "partners delete_selected": "ED",
    "roles delete_selected": "",
    "enquiries delete_selected": "",
    "enquiries assign_to_me": "ED",
    "enquiries mark_as_spam": "ED",
    "votes delete_selected": "ED",
}


# The addresses ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Address:
    """One URL pattern of the admin: of a kind of record (`model`), or of none."""

    route: str
    name: str
    view: str
    model: type | None
    arguments: tuple[str, ...]


def addresses() -> list[Address]:
    by_prefix = {f"{model._meta.app_label}/{model._meta.model_name}/": model for model in admin.site._registry}
    found = []
    for pattern, route, names in walk(get_resolver(), "", []):
        if not route.startswith(settings.ADMIN_PATH):
            continue
        rest = route.removeprefix(settings.ADMIN_PATH)
        prefix = "/".join([*rest.split("/")[:2], ""])
        model = by_prefix.get(prefix)
        name = pattern.name or ""
        view = name.removeprefix(f"{model._meta.app_label}_{model._meta.model_name}_") if model else ""
        arguments = tuple(pattern.pattern.regex.groupindex)
        found.append(Address(route, ":".join([*names, name]), view, model, arguments))
    return found


def walk(resolver, route, names):
    for entry in resolver.url_patterns:
        text = route + str(entry.pattern).lstrip("^")
        if isinstance(entry, URLPattern):
            yield entry, text, names
        else:
            yield from walk(entry, text, [*names, *filter(None, [entry.namespace])])


def group_of(model) -> str:
    label = model._meta.label_lower
    groups = [name for name, labels in GROUPS.items() if label in labels.split()]
    assert groups, f"Say in GROUPS to which group {label} belongs."
    return groups[0]


# The records ------------------------------------------------------------------------------------------


@dataclass
class World:
    author: User
    records: dict  # by model: pairs of owner ("" if irrelevant) and record
    invited: User


@pytest.fixture(scope="module", autouse=True)
def media_folder(tmp_path_factory):
    """All tests see the files of the shared world."""
    with override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("media")):
        yield


@pytest.fixture(scope="module")
def uploads(tmp_path_factory):
    """The folder of the world's images, for all tests."""
    return tmp_path_factory.mktemp("world") / "media"


@pytest.fixture(scope="module")
def world_of_all(module_db, uploads):
    with override_settings(MEDIA_ROOT=uploads):
        return made_world()


def made_world() -> World:
    author = factories.user("Author", first_name="Anna")
    colleague = factories.user("Editor")
    world = World(author, {}, invite(email="new@example.org", first_name="N", last_name="", role=Group.objects.first()))
    for model in admin.site._registry:
        group = group_of(model)
        world.records[model] = [("", record) for record in [make(model, group)] if record]
        if group == "texts":
            world.records[model] = texts(model, author, colleague)
        if group == "people":
            world.records[model].append((", superuser", factories.administrator(username="root")))
    for pairs in world.records.values():
        for whose, record in pairs:
            if isinstance(record, Revised):
                expires_at = timezone.now() + timedelta(days=1)
                ShareLink.objects.create(record=record, author=colleague, expires_at=expires_at)
            if isinstance(record, Prose) and whose != ", own draft":
                LogEntry.objects.log_actions(
                    colleague.pk, [record], CHANGE, f"Saved: {HIDDEN} note.", single_object=True
                )
    live = dict(world.records[next(model for model in kinds() if issubclass(model, Prose))])[", published"]
    for _, other in [
        pair for model in world.records for pair in world.records[model] if pair[0] == ", draft of others"
    ]:
        mention(other, live)
    return world


@pytest.fixture
def world(world_of_all, uploads, db, settings):
    """The world as it was created: a test's writes are rolled back."""
    settings.MEDIA_ROOT = uploads
    return world_of_all


def make(model, group):
    if group in {"texts", "people"}:
        return factories.user("Catalogue manager") if group == "people" else None
    if model in publishable_models():
        record = factories.publishable(model, "shown")
        if group == "names":
            draft_over(record, factories.user("Editor"))
        return record
    return {
        "publishing.image": lambda: factories.image(),
        "publishing.claim": lambda: claimed(),
        "publishing.namerule": lambda: NameRule.objects.create(words="Orca"),
        "publishing.snippet": lambda: Snippet.objects.create(name="Advice", body="<p>Ask.</p>"),
        "publishing.redirect": lambda: Redirect.objects.create(path="/old/", new_path="/faq/"),
        "publishing.partner": lambda: Partner.objects.create(organisation="Buyers", contact_email="b@example.org"),
        "publishing.partnerkey": lambda: PartnerKey.objects.create_key(
            name="One", partner=Partner.objects.create(organisation="Sellers", contact_email="s@example.org")
        )[0],
        "publishing.sitesettings": lambda: SiteSettings.objects.first(),
        "catalog.price": lambda: factories.row(model, amount=1),
        "catalog.lifecycleevent": lambda: factories.row(
            model, model=factories.publishable(publishable_model("catalog.aimodel"), "ending")
        ),
        "catalog.fieldchange": lambda: change_in(model),
        "auth.group": lambda: Group.objects.get(name="Author"),
        "admin.logentry": lambda: logged(),
        "django_tasks_database.dbtaskresult": lambda: None,
    }.get(model._meta.label_lower, lambda: factories.row(model))()


def claimed():
    author = factories.publishable(
        publishable_model("articles.author"), "claiming", biography="<p>As of today she leads it.</p>"
    )
    return Claim.objects.of(author).get()


def change_in(model):
    vendor = factories.publishable(publishable_model("catalog.vendor"), "changed")
    kind = ContentType.objects.get_for_model(vendor)
    return factories.row(model, record_type=kind, record_id=vendor.pk, field="name")


def logged():
    person = factories.user("Editor")
    return LogEntry.objects.log_actions(person.pk, [factories.topic()], CHANGE, "Saved.", single_object=True)


def texts(model, author, colleague):
    own = factories.publishable(model, "hers", state=State.DRAFT, owner=author)
    perform_action(own, ActionRequest(Action.SUBMIT, latest_content(own), author=author))
    other = factories.publishable(model, HIDDEN, state=State.DRAFT, owner=colleague)
    live = factories.publishable(model, "shown", owner=colleague)
    for record in (other, live):
        draft_over(record, colleague)
        Comment.objects.create(
            record=record,
            revision=Revision.objects.head(record),
            author=colleague,
            addressee=colleague,
            text=f"{SECRET} words",
            verdict=Verdict.CHANGES,
        )
    trashed = factories.publishable(model, HIDDEN, state=State.DRAFT, owner=colleague, deleted_at=timezone.now())
    mention(trashed, live)
    return [(", own draft", own), (", draft of others", other), (", published", live)]


def draft_over(record, person):
    content = latest_content(record)
    content["fields"][record.title_field] = f"{HIDDEN} title of a draft"
    perform_action(record, ActionRequest(Action.SUBMIT, content, author=person, note=f"{HIDDEN} note"))


def mention(source, target):
    """Let the text of `source`, a draft of another user, link to `target`."""
    name = next(field.name for field in source._meta.concrete_fields if type(field).__name__ == "RichTextField")
    body = f'<p>{SECRET} <a href="ref:{target._meta.label_lower}/{target.pk}">{SECRET} link</a></p>'
    setattr(source, name, body)
    source.save()


# The walk ---------------------------------------------------------------------------------------------


def cases(world) -> list[tuple[str, str, str, str]]:
    """Return for each address: key of the table, path, roles for GET, roles for POST."""
    found = []
    for address in addresses():
        if address.model is None:
            if address.name == "admin:":
                continue  # the catch-all pattern for unknown addresses
            assert address.name in OTHERS, f"Say in OTHERS who may open {address.route} ({address.name})."
            get, post, values = OTHERS[address.name]
            found.append((address.name, reverse(address.name, kwargs=values), get, post))
        elif address.view:
            found += cases_of(address, world)
    return found


def cases_of(address, world):
    group = group_of(address.model)
    if not address.arguments:
        return [line(f"{group} {address.view}", reverse(address.name))]
    found = []
    for whose, record in world.records[address.model]:
        path = reverse(address.name, kwargs=arguments_for(address, record, world))
        suffix = whose if group in {"texts", "people"} and address.view != "invite_again" else ""
        query = ""
        if address.view == "compare":
            pks = Revision.objects.of(record).values_list("pk", flat=True)
            query = f"?one={min(pks)}&other={max(pks)}"
        found.append(line(f"{group} {address.view}{suffix}", path + query))
    return found


def arguments_for(address, record, world) -> dict:
    known = {"object_id": record.pk, "pk": record.pk, "id": record.pk}
    if address.view == "invite_again":
        known["object_id"] = world.invited.pk
    if address.view == "import_file":
        table = address.model._meta.model_name
        known["pk"] = TableImport.objects.create(table=table, file_name="rows.csv", total_count=1).pk
    if isinstance(record, Prose) or hasattr(record, "revisions"):
        revision = Revision.objects.of(record).order_by("pk").last()
        known["revision"] = revision and revision.pk
        if "comment" in address.arguments:
            known["comment"] = Comment.objects.create(record=record, revision=revision, text="Words").pk
    missing = set(address.arguments) - set(known)
    assert not missing, f"Teach arguments_for() what {missing} of {address.route} stand for."
    return {name: known[name] for name in address.arguments}


def line(key: str, path: str):
    assert key in TABLE, f"Say in TABLE who may open {key!r} ({path})."
    return (key, path, *TABLE[key])


POSTED = {
    "post": "yes",
    "_continue": "save",
    "text": f"Words {timezone.now():%s}",
    "verdict": "",
    "title": "Posted",
    "one": "latest",
    "other": "latest",
}


def is_let_in(response) -> bool:
    """Return whether the address did its job, or reported an error in a form."""
    if response.status_code in {403, 404, 405, 409, 410}:
        return False
    to_sign_in = response.status_code == 302 and response.headers["Location"].startswith(reverse("admin:login"))
    return not to_sign_in


def sign_in(client, sign, world):
    client.logout()
    if sign == "-":
        return None
    person = world.author if sign == "A" else factories.user(ROLES[sign])
    client.force_login(person)
    return person


class QuickClient(Client):
    """Django's test client without copies of all template contexts for assertions: takes half the time."""

    def request(self, **request):
        response = self.handler(self._base_environ(**request))
        assert response.status_code != 500, request["PATH_INFO"]
        self.cookies.update(response.cookies)
        return response


@pytest.fixture
def client(monkeypatch):
    # The menu beside each page names no record, and takes a third of the time.
    monkeypatch.setattr(admin.site, "enable_nav_sidebar", False)
    return QuickClient()


@pytest.mark.parametrize("sign", ROLES, ids=[name or "no role" for name in ROLES.values()])
@pytest.mark.whole
def test_every_address_lets_in_whom_the_table_names(sign, client, world):
    assert_let_in(sign, client, world, cases(world))


def test_sixty_of_the_addresses_let_in_whom_the_table_names(client, world):
    """A sample of the test above, ten addresses for each role, for runs that leave it out."""
    lines = cases(world)
    step = len(lines) // 10
    for number, sign in enumerate(ROLES):
        assert_let_in(sign, client, world, lines[number * step // len(ROLES) :: step])


def assert_let_in(sign, client, world, lines):
    person = sign_in(client, sign, world)
    wrong, before = [], state_of_all(world)
    for key, path, *allowed in lines:
        # An autosave names its writer.
        says = {"writer": person.pk if person else "", "form_session": "one"} if " autosave" in key else {}
        for method, who, data in (("get", allowed[0], says), ("post", allowed[1], POSTED | says)):
            with transaction.atomic():
                response = getattr(client, method)(path, data or None)
                if is_let_in(response) != (sign in who):
                    wrong.append(f"{method} {path} ({key}): {response.status_code}, the table says {who!r}")
                if sign in "-SAC":
                    assert_nothing_secret(response, path)
                if method == "post" and sign in "-SA" and is_let_in(response):
                    assert state_of_all(world) == before, f"{path} changed what is not hers"
                transaction.set_rollback(True)
            if path.endswith("/logout/") and person:
                client.force_login(person)
    assert not wrong, "\n".join(wrong)


def state_of_all(world) -> dict:
    """Return everything that a post must not change: all that readers see, and the texts of others with their
    revisions.

    New drafts are allowed, and the user's own drafts may change as long as they stay drafts.
    """
    found = {}
    for model in publishable_models():
        rows = model._base_manager.order_by("pk")
        if issubclass(model, Prose):
            hidden = rows.filter(owner=world.author, state__in=[State.DRAFT, State.IN_REVIEW], deleted_at=None)
            rows = rows.exclude(pk__in=hidden.values("pk"))
        found[model] = list(rows.values_list())
    others = Revision.objects.exclude(author=world.author).order_by("pk")
    found[Revision] = list(others.values_list("pk", "applied_at", "state", "go_live_at"))
    found[User] = list(User.objects.order_by("pk").values_list("pk", "is_superuser", "is_active", "password", "email"))
    return found


def assert_nothing_secret(response, path):
    text = b"".join(response.streaming_content) if response.streaming else response.content
    said = text.decode(errors="replace") + str(dict(response.headers))
    if response.status_code == 404:  # the page for a missing address offers to search for the words of that address
        said = re.sub(r' value="[^"]*" (?=autocomplete)', " ", said)
    where = said.lower().find(SECRET)
    assert where < 0, f"{path} shows what is not hers: …{said[max(0, where - 200) : where + 60]}…"


# Other ways to see or do what a role may not ------------------------------------------------------------------


ONLOOKERS = [sign for sign in ROLES if sign in "-SAC"]
onlookers = pytest.mark.parametrize("sign", ONLOOKERS, ids=[ROLES[sign] or sign for sign in ONLOOKERS])


def side_doors(world) -> list[str]:
    """Return addresses whose arguments name records, or search for their words, beside the records' own pages."""
    found = []
    find = reverse("admin:publishing_find")
    found += [f"{find}?q={LOOKED_FOR}&kind={kind._meta.label_lower}" for kind in publishable_models()]
    found += [f"{reverse('admin:publishing_search')}?q={LOOKED_FOR}", reverse("admin:publishing_calendar")]
    found += [f"{listing(model)}?q={LOOKED_FOR}{more}" for model in world.records for more in ("", "&trash=yes")]
    found += [f"{reverse('admin:autocomplete')}?term={LOOKED_FOR}&{field}" for field in fields_with_search()]
    for model, pairs in world.records.items():
        kind = ContentType.objects.get_for_model(model, for_concrete_model=False)
        for whose, record in pairs:
            found.append(reverse("admin:view_on_site", args=[kind.pk, record.pk]))
            if whose == ", draft of others":
                named = f"ref:{record._meta.label_lower}/{record.pk}"
                found += [record.get_absolute_url(), f"{find}?q={named}"]
    return found


def listing(model) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def fields_with_search() -> list[str]:
    found = set()
    for model_admin in admin.site._registry.values():
        for owner in (model_admin, *model_admin.get_inline_instances(request_of(None))):
            for name in owner.autocomplete_fields:
                opts = owner.model._meta
                found.add(f"app_label={opts.app_label}&model_name={opts.model_name}&field_name={name}")
    return sorted(found)


def request_of(person):
    return type("Request", (), {"user": person or User(is_superuser=True, is_active=True), "GET": {}, "POST": {}})()


@pytest.mark.whole
@onlookers
def test_no_side_door_shows_drafts_of_others(sign, client, world):
    sign_in(client, sign, world)
    for path in side_doors(world):
        response = client.get(path)
        assert_nothing_secret(response, path)


@pytest.mark.whole
def test_the_secret_would_be_seen(client, world):
    """The control: an editor, who may see the secret, does see it at the same addresses."""
    sign_in(client, "E", world)
    doors = [path for path in side_doors(world) if "catalog" not in path]
    seen = [path for path in doors if SECRET in text_of(client.get(path)).split("<main")[-1].lower()]
    for part in ("/find/", "/autocomplete/", "/articles/article/?q", "/faq/question/?q", "/r/"):
        assert any(part in path for path in seen), part
    opened = [path for _, path, *_ in cases(world) if "/article/" in path]
    pages = [path for path in opened if SECRET in text_of(client.get(path)).lower()]
    for part in ("/change/", "/history/", "/review/", "/compare/", "/delete/"):
        assert any(part in path for path in pages), part


def text_of(response) -> str:
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return body.decode(errors="replace") + response.headers.get("Location", "")


@pytest.mark.whole
@pytest.mark.parametrize("sign", ["S", "A", "C"])
def test_no_button_changes_what_readers_see_nor_texts_of_others(sign, client, world):
    sign_in(client, sign, world)
    before = state_of_all(world)
    for key, path, *_ in cases(world):
        if not key.startswith(("texts change", "texts add", "texts review", "texts restore", "names change")):
            continue
        for data in public_acts():
            with transaction.atomic():
                response = client.post(path, data)
                if is_let_in(response):
                    assert state_of_all(world) == before, f"{path} with {data}"
                assert_nothing_secret(response, path)
                transaction.set_rollback(True)


def public_acts():
    moment = {
        "go_live_at_0": "2030-01-01",
        "go_live_at_1": "09:00",
        "publish_at_0": "2030-01-01",
        "publish_at_1": "09:00",
    }
    for action in ("publish", "schedule", "unpublish", "archive", "return"):
        yield {**POSTED, **moment, "_save" if action == "archive" else "_continue": action, "state": "published"}
    preset = "schedule 2030-01-01T09:00:00+00:00"
    yield {**POSTED, "_continue": preset}
    for answer in ("cancel", "keep", "release"):
        yield {**POSTED, "_continue": "publish", "scheduled_version": answer}
    for verdict in ("approved", "changes", "publish", preset):
        yield {**POSTED, "verdict": verdict}


# Actions ------------------------------------------------------------------------------------------------------


@pytest.mark.whole
@pytest.mark.parametrize("sign", [sign for sign in ROLES if sign != "-"], ids=lambda sign: ROLES[sign] or "no role")
def test_every_action_is_for_whom_the_table_names(sign, client, world):
    person = sign_in(client, sign, world)
    before = state_of_all(world)
    for model, model_admin in admin.site._registry.items():
        for query in ({}, {"trash": "yes"}):
            asked = request_of(person)
            asked.GET = query
            offered = set(model_admin.get_actions(asked))
            every = set(model_admin.get_actions(superusers(query))) | set(model_admin.actions or ())
            for action in every:
                key = f"{group_of(model)} {action}"
                if group_of(model) == "machinery":
                    assert sign not in "ACED" or action not in offered
                    continue
                assert key in ACTIONS, f"Say in ACTIONS who may do {key!r}."
                assert (action in offered) <= (sign in ACTIONS[key]), f"{key} is offered"
                if action in set(model_admin.get_actions(superusers(query))):
                    assert (action in offered) == (sign in ACTIONS[key]), key
        if sign in "SA":
            for action in sorted(every):
                data = {"action": action, "_selected_action": [record.pk for _, record in world.records[model]]}
                with transaction.atomic():
                    response = client.post(listing(model), {**data, "post": "yes", "agreed": "1", "index": "0"})
                    assert state_of_all(world) == before, f"{model._meta.label} {action}"
                    assert_nothing_secret(response, f"{listing(model)} {action}")
                    transaction.set_rollback(True)


def superusers(query):
    asked = request_of(None)
    asked.GET = query
    return asked
