"""Check the links of a text that lead to this site. Other sites are not requested: they may be slow, and a request must
not wait for them."""

from collections import defaultdict
from collections.abc import Iterator
from operator import attrgetter
from typing import NamedTuple, cast
from urllib.parse import unquote, urlsplit

from taggit.managers import TaggableManager

from publishing.content.facts import cautions_about
from publishing.content.internal_request import page_exists
from publishing.content.publishable import Publishable
from publishing.content.registry import publishable_model, publishable_models
from publishing.images.models import Image
from publishing.quality.preflight.rules import Finding, PreflightSubject, check, finding_of
from publishing.revisions.snapshot import relations_of, row_fields
from publishing.richtext.addresses import true_address
from publishing.richtext.anchors import RESERVED_ANCHORS
from publishing.richtext.document import mention, words_of
from publishing.richtext.schema import HEADINGS
from publishing.richtext.table_element import ATTRIBUTE, InvalidTableError, comparison
from publishing.site.menus import is_fixed

MOST_ASKED = 40  # addresses per text whose page is requested
SAY_NOTHING = {"here", "click here", "click", "link", "this link", "read more", "more", "this", "this page"}


class LinkInText(NamedTuple):
    """The link number `index` in `field`."""

    field: str
    index: int
    address: str
    text: str

    @property
    def details(self) -> dict:
        return {"field": self.field, "tags": "a", "index": self.index, "words": self.text}


@check
def check_links(subject: PreflightSubject) -> list[Finding]:
    links = _links_in(subject)
    call = true_address(getattr(subject.record, "call_address", ""))
    dead = _dead({_path_in(address) for address in [call, *(link.address for link in links)]}, subject.address)
    findings = [finding_of("call_dead", "call_address", address=call)] if _path_in(call) in dead else []
    mentioned = {item for link in links if (item := mention(link.address)) and item.label != Image._meta.label_lower}
    wanted = [(model, item.pk) for item in mentioned if (model := publishable_model(item.label))]
    standing = _standing_of(wanted, subject.asker)
    anchors_by_field = _anchors_by_field(subject)
    reported = set(subject.reader_texts.ended_by_place)  # by `check_ended`
    for link in links:
        item = mention(link.address)
        if item:
            about = (item.label, item.pk)
            # A caution about a record is reported once, even if several of its facts are cited.
            findings += [
                finding
                for finding in _of_record(standing.get(about), link.details)
                if finding.rule != "link_caution" or about not in reported
            ]
            reported.add(about)
        elif link.address.startswith("#") and link.address[1:] not in anchors_by_field[link.field]:
            findings.append(finding_of("anchor_dead", address=link.address, **link.details))
        elif _path_in(link.address) in dead:
            findings.append(finding_of("link_dead", address=link.address, **link.details))
        if link.text.casefold().strip(" .:>»→") in SAY_NOTHING:
            findings.append(finding_of("link_words", **link.details))
    return findings


def _links_in(subject: PreflightSubject) -> list[LinkInText]:
    return [
        LinkInText(field, index, true_address(link.get("href") or ""), words_of(link).strip('“”"'))
        for field, tree in subject.texts.items()
        for index, link in enumerate(tree.iter("a"))
        if not is_in_filled_table(link)
    ]


def _anchors_by_field(subject: PreflightSubject) -> dict[str, set[str | None]]:
    return {
        field: {"", "top", *RESERVED_ANCHORS, *(heading.get("id") for heading in tree.iter(*HEADINGS))}
        for field, tree in subject.texts.items()
    }


def _path_in(address: str) -> str:
    """Return the path of an address on this site; "" for any other address."""
    return address.partition("#")[0] if address.startswith("/") else ""


def is_in_filled_table(link) -> bool:
    """Return whether the link is in a table that is filled when it is read; other checks are about those."""
    for table in link.iterancestors("table"):
        try:
            comparison(table.get(ATTRIBUTE))
        except InvalidTableError:
            continue
        return True
    return False


@check
def check_chosen(subject: PreflightSubject) -> list[Finding]:
    """Check the records that are related to the text, such as questions and authors, and its tags."""
    chosen = [(str(what).capitalize(), model, key) for what, model, key in _chosen(subject) if key]
    chosen = [each for each in chosen if isinstance(each[1], type) and issubclass(each[1], Publishable)]
    standing = _standing_of([(model._meta.concrete_model, key) for _, model, key in chosen], subject.asker)
    findings = []
    for what, model, key in chosen:
        record, caution = standing.get((model._meta.label_lower, key), (None, None))
        if record is not None and not record.is_public:
            findings.append(finding_of("shown_hidden", what=what, title=record.name_for_asker))
        elif caution:
            findings.append(finding_of("shown_caution", what=what, title=record, caution=caution.clause))
    return findings


def _chosen(subject: PreflightSubject) -> Iterator[tuple]:
    """Yield the label, model and key of every record that this record has a relation to."""
    record = subject.record
    for relation in relations_of(type(record)) if subject.rows else ():
        rows = subject.rows.get(relation.get_accessor_name(), ())
        for field in row_fields(relation):
            yield from ((field.verbose_name, field.related_model, row.get(field.name)) for row in rows)
    for field in filter(attrgetter("is_relation"), record._meta.concrete_fields):
        yield field.verbose_name, field.related_model, getattr(record, field.attname)
    for name, keys in subject.tags.items():
        model = cast(TaggableManager, record._meta.get_field(name)).remote_field.model
        yield from ((model._meta.verbose_name, model, key) for key in keys)


def _of_record(standing, details: dict) -> list[Finding]:
    if standing is None:
        return [finding_of("link_gone", **details)]
    record, caution = standing
    if not record.is_public:
        return [finding_of("link_hidden", title=record.name_for_asker, **details)]
    return [finding_of("link_caution", title=record, caution=caution.clause, **details)] if caution else []


def _standing_of(wanted, asker) -> dict:
    """Return the existing records among `wanted`, pairs of model and key, each with its caution, by kind and key."""
    by_model, found_records = defaultdict(set), {}
    for model, key in wanted:
        by_model[model].add(key)
    for model, keys in by_model.items():
        public = set(model.objects.published().filter(pk__in=keys).values_list("pk", flat=True))
        cautions = cautions_about(model._meta.label_lower, public)
        visible = model.objects.for_staff(asker) if asker else model._base_manager.all()
        seen = set(visible.filter(pk__in=keys - public).values_list("pk", flat=True)) | public
        for record in model._base_manager.filter(pk__in=keys):
            record.is_public = record.pk in public
            # A key typed into a text must not reveal the titles of other people's drafts.
            record.name_for_asker = str(record) if record.pk in seen else "another user’s draft"
            found_records[model._meta.label_lower, record.pk] = (record, cautions.get(record.pk))
    return found_records


def _dead(addresses: set[str], own_address: str) -> set[str]:
    """Return those of `addresses` at which readers find no page."""
    candidates = {address for address in addresses if address and not is_fixed(urlsplit(address).path)} - {own_address}
    slugs = {unquote(urlsplit(address).path).rstrip("/").rpartition("/")[2] for address in candidates}
    for model in publishable_models() if candidates else ():
        candidates -= set(model.addresses(model.objects.published().filter(slug__in=slugs)).values())
    return {address for address in sorted(candidates)[:MOST_ASKED] if not page_exists(address)}
