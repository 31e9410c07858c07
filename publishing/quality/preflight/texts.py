"""Check the fields of a record, the trees of its texts (headings, tables, images), and dated claims in them."""

from django.utils import timezone

from publishing.content.prose import Prose
from publishing.content.publishable import State
from publishing.content.redirect import Redirect
from publishing.content.revised import Revised
from publishing.images.models import Image, says_something
from publishing.quality.claims.finding import MOST_SEARCHED, claims_in, is_searched_whole
from publishing.quality.claims.models import Claim, texts_of
from publishing.quality.preflight.rules import Finding, PreflightSubject, check, finding_of
from publishing.rendering.tables.fill import rows_by_key
from publishing.richtext.document import mention, words_of
from publishing.richtext.schema import HEADINGS
from publishing.richtext.sentences import DESCRIPTION_LIMIT, TITLE_LIMIT
from publishing.richtext.table_element import ATTRIBUTE


@check
def check_title(subject: PreflightSubject) -> list[Finding]:
    record = subject.record
    title = record.title_text.strip()
    if not title:
        return [finding_of("title_missing", record.title_field)]
    findings = []
    page_title = getattr(record, "meta_title", "") or title
    if isinstance(record, Prose) and len(page_title) > TITLE_LIMIT:
        findings.append(finding_of("title_long", "meta_title", limit=TITLE_LIMIT, length=len(page_title)))
    same = {f"{record.title_field}__iexact": title}
    same_title = type(record)._base_manager.filter(deleted_at=None, **same).exclude(pk=record.pk)
    if other := same_title.exclude(state=State.ARCHIVED).order_by("pk").first():
        findings.append(finding_of("title_twice", record.title_field, other=other.get_absolute_url()))
    return findings


@check
def check_text(subject: PreflightSubject) -> list[Finding]:
    """Check that required texts are filled in. The database enforces the same for published records."""
    missing = [name for name in subject.record.required_to_publish if not str(getattr(subject.record, name)).strip()]
    return [finding_of("text_missing", name) for name in missing if name in subject.texts]


@check
def check_description(subject: PreflightSubject) -> list[Finding]:
    record = subject.record
    if not isinstance(record, Prose):
        return []
    description = record.meta_description.strip()
    if not description and record.summary_field and not record.summary_text.strip():
        return [finding_of("description_missing", "meta_description")]
    if len(description) > DESCRIPTION_LIMIT:
        return [finding_of("description_long", "meta_description", limit=DESCRIPTION_LIMIT, length=len(description))]
    return []


@check
def check_address(subject: PreflightSubject) -> list[Finding]:
    record = subject.record
    if not record.slug:
        return []
    if type(record)._base_manager.filter(slug=record.slug).exclude(pk=record.pk).exists():
        return [finding_of("address_taken", "slug", address=subject.address)]
    if Redirect.objects.filter(path=subject.address).exists():
        return [finding_of("address_leads_on", "slug", address=subject.address)]
    return []


HEADING = ",".join(HEADINGS)
FIRST_LEVEL = 2
PLACEHOLDER = "To be completed:"


@check
def check_headings(subject: PreflightSubject) -> list[Finding]:
    findings = []
    for field, tree in subject.texts.items():
        above = 0
        for index, heading in enumerate(tree.iter(*HEADINGS)):
            level = int(heading.tag[1])
            if not words_of(heading):
                findings.append(finding_of("heading_empty", field, HEADING, index))
            if not above and level > FIRST_LEVEL:
                findings.append(finding_of("heading_first", field, HEADING, index, level=level))
            elif above and level > above + 1:
                findings.append(finding_of("heading_skipped", field, HEADING, index, level=level, above=above))
            above = level
    return findings


@check
def check_placeholders(subject: PreflightSubject) -> list[Finding]:
    return [
        finding_of("placeholder", field, "p", index, words=words_of(paragraph))
        for field, tree in subject.texts.items()
        for index, paragraph in enumerate(tree.iter("p"))
        if words_of(paragraph).startswith(PLACEHOLDER)
    ]


@check
def check_tables(subject: PreflightSubject) -> list[Finding]:
    findings = []
    for field, tree in subject.texts.items():
        for index, table in enumerate(tree.iter("table")):
            if next(table.iter("th"), None) is None:
                findings.append(finding_of("table_headless", field, "table", index))
            caption = table.find("caption")
            if caption is None or not words_of(caption):
                findings.append(finding_of("table_uncaptioned", field, "table", index))
    return findings


@check
def check_comparisons(subject: PreflightSubject) -> list[Finding]:
    """Check that tables from the catalogue show readers what the editor chose."""
    findings = []
    for field, tree in subject.texts.items():
        for index, table in enumerate(tree.iter("table")):
            if (text := table.get(ATTRIBUTE)) is None:
                continue
            filled, caption = subject.reader_texts.tables.current(text), table.find("caption")
            caption_text = words_of(caption) if caption is not None else ""
            details = {"field": field, "tags": "table", "index": index, "caption": caption_text}
            if filled.comparison is None:
                findings.append(finding_of("compared_unreadable", problem=filled.problem, **details))
            elif not filled.is_current:
                findings.append(finding_of("compared_empty", **details))
            else:
                rows = rows_by_key(table, filled.comparison)
                for key in filled.comparison.keys:
                    if key not in filled.keys:
                        row = words_of(rows[key][0]) if key in rows else f"number {key}"
                        findings.append(finding_of("compared_hidden", row=row, **details))
    return findings


@check
def check_pictures(subject: PreflightSubject) -> list[Finding]:
    """Check the alt text of images in the texts and in the relations of the record."""
    findings = []
    places = [
        (field, index, picture)
        for field, tree in subject.texts.items()
        for index, picture in enumerate(tree.iter("img"))
    ]
    mentions_by_picture = {picture: mention(picture.get("src")) for _, _, picture in places}
    images = Image.objects.in_bulk({item.pk for item in mentions_by_picture.values() if item})
    for field, index, picture in places:
        item, alt = mentions_by_picture[picture], picture.get("alt") or ""
        image = images.get(item.pk) if item else None
        if item and image is None:
            findings.append(finding_of("picture_gone", field, "img", index))
        elif not says_something(alt) and not (image and not alt and image.is_described):
            findings.append(finding_of("picture_undescribed", field, "img", index))
    for field in subject.record._meta.concrete_fields:
        if field.related_model is Image and (image := getattr(subject.record, field.name)) and not image.is_described:
            findings.append(finding_of("picture_undescribed", field.name))
    return findings


@check
def check_claims(subject: PreflightSubject) -> list[Finding]:
    """Return a finding for each dated claim, except those that are confirmed and not yet up for review."""
    record = subject.record
    if not isinstance(record, Revised):
        return []
    confirmed = Claim.objects.of(record).filter(confirmed_on__isnull=False, review_by__gt=timezone.localdate())
    confirmed_identities = {claim.identity for claim in confirmed}
    texts = texts_of(record)
    cut = [field for field, text in texts.items() if not is_searched_whole(*text)]
    findings = [finding_of("claims_cut", field, most=f"{MOST_SEARCHED:,}") for field in cut]
    for claim in claims_in(texts):
        if (claim.field, claim.pattern.slug, claim.key) not in confirmed_identities:
            advice = claim.pattern.advice
            findings.append(finding_of("claim", claim.field, claim.tag, claim.index, words=claim.words, advice=advice))
    return findings
