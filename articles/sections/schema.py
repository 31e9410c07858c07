"""The types of section: a form for each, and one for its rows, which validate the admin's form and every import."""

from collections.abc import Iterator
from html import escape
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator

from publishing.richtext.allowlist import IMAGE_MODEL, UNSTORABLE
from publishing.richtext.field import RichTextFormField
from publishing.site.call_to_action import ADDRESS

MOST = 40  # sections of a page, and rows of a section
MANY_LINES = 1_000
LAST_KEY = 2**63 - 1


# Fields. `html()` returns the part of the derived body for a value; `values` are those of the whole form, `titles`
# those of the records by (label, key).


class Line(forms.CharField):
    """Plain text on one line, linked if the field named `address` has a value; a `button` makes no sense without."""

    def __init__(self, most: int = 150, tag: str = "p", address: str = "", is_button: bool = False, **options: Any):
        super().__init__(max_length=most, **options)
        self.tag, self.address, self.is_button = tag, address, is_button

    def to_python(self, value):
        return " ".join(UNSTORABLE.sub("", super().to_python(value) or "").split())

    def html(self, value: str, values: dict, titles: dict) -> str:
        words, address = escape(value), values.get(self.address)
        return f"<{self.tag}>{f'<a href="{escape(address)}">{words}</a>' if address else words}</{self.tag}>"


class Silent(Line):
    """Text that belongs to another field, which composes it."""

    def html(self, value: str, values: dict, titles: dict) -> str:
        return ""


class Address(Silent):
    """A page of this site or another."""

    default_validators = [RegexValidator(ADDRESS, "Enter an address such as /contact/ or https://….")]

    def __init__(self, **options: Any):
        super().__init__(300, **options)


class Paragraphs(forms.CharField):
    """Plain text whose empty lines separate paragraphs, inside `around`."""

    widget = forms.Textarea({"rows": 3})

    def __init__(self, around: str = "", item: str = "p", **options: Any):
        super().__init__(max_length=MANY_LINES, **options)
        self.around, self.item = around, item

    def to_python(self, value):
        return UNSTORABLE.sub("", super().to_python(value) or "").replace("\r\n", "\n")

    def html(self, value: str, values: dict, titles: dict) -> str:
        parts = value.split("\n\n" if self.item == "p" else "\n")
        inner = "".join(f"<{self.item}>{escape(part)}</{self.item}>" for part in parts if part.strip())
        return f"<{self.around}>{inner}</{self.around}>" if self.around else inner


class RichText(RichTextFormField):
    def html(self, value: str, values: dict, titles: dict) -> str:
        return value


class Choice(forms.ChoiceField):
    """A choice of values, given with their words; the first one is the default."""

    def __init__(self, label: str, words: dict[str, str]):
        super().__init__(label=label, choices=[*words.items()], required=False)
        self.words = words

    def clean(self, value):
        return super().clean(value) or next(iter(self.words))

    def html(self, value: str, values: dict, titles: dict) -> str:
        return ""


class Count(forms.IntegerField):
    def __init__(self):
        super().__init__(required=False, min_value=1, max_value=24, help_text="How many are shown; if empty, 3.")

    def html(self, value: int, values: dict, titles: dict) -> str:
        return ""


class RecordKey(forms.IntegerField):
    """The key of a record of the model `model_label`. Records that are gone, or not public, the page leaves out."""

    def __init__(self, model_label: str, **options: Any):
        super().__init__(min_value=1, max_value=LAST_KEY, **options)
        self.model_label = model_label

    def html(self, value: int, values: dict, titles: dict) -> str:
        title = titles.get((self.model_label, value))
        return f'<li><a href="ref:{self.model_label}/{value}">{escape(title)}</a></li>' if title else ""


class ImageKey(RecordKey):
    def __init__(self):
        super().__init__(IMAGE_MODEL, required=False)

    def html(self, value: int, values: dict, titles: dict) -> str:
        alt = escape(values.get("image_alt", ""))
        return f'<figure><img src="ref:{self.model_label}/{value}" alt="{alt}"></figure>'


def _title(tag: str = "h2", **options: Any) -> Line:
    return Line(tag=tag, **options)


def _text(**options: Any) -> Paragraphs:
    return Paragraphs(required=False, **options)


def _button(address: str, label: str = "Button text") -> Line:
    return Line(60, address=address, is_button=True, required=False, label=label)


def _address(label: str = "Button address") -> Address:
    return Address(required=False, label=label)


def _alt() -> Silent:
    return Silent(
        300, required=False, label="Alternative text", help_text="If empty, the image’s own alternative text is used."
    )


# Types -------------------------------------------------------------------------------------------


class SectionForm(forms.Form):
    """The fields of a type of section or of its rows. Required fields are demanded only of what is published."""

    use_required_attribute = False
    title_of_type: ClassVar[str]
    about: ClassVar[str] = ""  # one line for editors
    rows: ClassVar[str] = ""  # the name of its list of rows, if it has one
    row: "ClassVar[type[SectionForm]]"
    must_have: ClassVar[tuple[str, ...]] = ()  # fields of which one must be filled

    def __init__(self, data: dict, is_complete: bool = False, **options: Any):
        super().__init__(data, **options)
        for field in self.fields.values():
            field.is_needed = field.required  # pyright: ignore[reportAttributeAccessIssue]
            field.required = field.required and is_complete
            if field.required:
                field.error_messages["required"] = "This is required."
        self.is_complete = is_complete

    def clean(self):
        cleaned = super().clean() or {}
        if not self.is_complete:
            return cleaned
        if self.must_have and not any(cleaned.get(name) for name in self.must_have):
            self.add_error(self.must_have[0], "Fill in this field, or remove the section.")
        for name, field in self.fields.items():
            if isinstance(field, Line) and field.is_button and cleaned.get(name) and not cleaned.get(field.address):
                self.add_error(field.address, "A button needs an address.")
        return cleaned

    def values(self) -> dict:
        """Return the valid values that are filled, for JSON."""
        return {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}


class Hero(SectionForm):
    title_of_type, about = "Hero", "The headline of the page, with buttons, a picture or something to try."
    title = _title()
    text = _text()
    button_label = _button("button_address")
    button_address = _address()
    second_label = _button("second_address", "Second button text")
    second_address = _address("Second button address")
    show = Choice(
        "Show beside it",
        {"": "Nothing more", "check": "The form of “Check your stack”", "retirements": "Next retirements"},
    )
    image = ImageKey()
    image_alt = _alt()


class TextWithFigure(SectionForm):
    title_of_type, about = "Text with figure", "A text with headings, links and facts, and a picture beside it."
    must_have = ("title", "body", "image")
    title = _title(required=False)
    body = RichText(required=False, label="Text")
    image = ImageKey()
    image_alt = _alt()
    side = Choice("Side of the picture", {"right": "Right", "left": "Left"})


class Feature(SectionForm):
    title_of_type = "feature"
    title = _title("h3", address="address")
    text = _text()
    address = _address("Link address")


class Features(SectionForm):
    title_of_type, about = "Features", "Several things beside each other, each with a title and a few words."
    rows, row = "items", Feature
    title = _title()
    text = _text()


class Quote(SectionForm):
    title_of_type = "quote"
    name = _title("h3", address="address")
    role = Line(required=False)
    quote = _text(around="blockquote")
    image = ImageKey()
    image.label = "Logo or portrait"
    address = _address("Link address")


class Quotes(SectionForm):
    title_of_type, about = "Logos and quotes", "Who you work with, and what they say: only what they agreed to."
    rows, row = "items", Quote
    title = _title(required=False)
    text = _text()


class Step(SectionForm):
    title_of_type = "step"
    title = _title("h3")
    text = _text()
    duration = Line(60, required=False)


class Steps(SectionForm):
    title_of_type, about = "Steps", "What happens one after the other, with how long each takes."
    rows, row = "items", Step
    title = _title()
    text = _text()


class Plan(SectionForm):
    title_of_type = "price"
    name = _title("h3")
    price = Line(60, required=False)
    unit = Line(60, required=False, help_text="Such as “per month”.")
    text = _text()
    includes = _text(around="ul", item="li", help_text="One per line.")
    button_label = _button("button_address")
    button_address = _address()


class Pricing(SectionForm):
    title_of_type, about = "Pricing", "What it costs and what is included, beside each other."
    rows, row = "items", Plan
    title = _title()
    text = _text()


class Person(SectionForm):
    title_of_type = "person"
    key = RecordKey("articles.author", label="Person")


class People(SectionForm):
    title_of_type, about = "People", "Authors and contacts, with their pictures and roles."
    rows, row = "people", Person
    title = _title()
    text = _text()


class PlacedQuestion(SectionForm):
    title_of_type = "question"
    key = RecordKey("faq.question", label="Question")


class Questions(SectionForm):
    title_of_type, about = "Questions", "Questions with their answers; without a choice, the first ones of the site."
    rows, row = "questions", PlacedQuestion
    title = _title()
    text = _text()


class PlacedText(SectionForm):
    title_of_type = "text"
    key = RecordKey("articles.article", label="Text")


class Texts(SectionForm):
    title_of_type, about = "Articles and case studies", "Chosen texts, or the newest of a kind."
    rows, row = "texts", PlacedText
    title = _title()
    text = _text()
    show = Choice(
        "Show",
        {
            "chosen": "The texts chosen below",
            "articles": "The newest articles",
            "services": "Services",
            "case_studies": "The newest case studies",
        },
    )
    count = Count()


class Catalogue(SectionForm):
    title_of_type, about = "Models table or chart", "Data of the catalogue, or your own table or chart."
    title = _title()
    text = _text()
    show = Choice(
        "Show",
        {
            "current_models": "Current models",
            "retirements": "Next retirements",
            "measured": "What the catalogue has on record",
            "own": "My own table or chart, below",
        },
    )
    body = RichText(required=False, label="Own table or chart")

    def clean(self):
        cleaned = super().clean()
        if self.is_complete and cleaned.get("show") == "own" and not cleaned.get("body"):
            self.add_error("body", "Insert a table or a chart, or choose something else to show.")
        return cleaned


class Call(SectionForm):
    title_of_type, about = "Call to action", "What readers should do next."
    title = _title()
    text = _text()
    button_label = _button("button_address")
    button_address = _address()


TYPES: dict[str, type[SectionForm]] = {
    **{"hero": Hero, "text": TextWithFigure, "features": Features, "quotes": Quotes, "steps": Steps},
    **{"pricing": Pricing, "people": People, "questions": Questions, "texts": Texts, "catalogue": Catalogue},
    "call": Call,
}


# Validation --------------------------------------------------------------------------------------


def cleaned(sections: object, is_complete: bool = False) -> list[dict]:
    """Return sections as they are stored: valid, with their filled fields only.

    Raises ValidationError with a sentence for each problem, which names section, row and field. Required fields may be
    empty unless `is_complete`.
    """
    if not isinstance(sections, list) or len(sections) > MOST:
        raise ValidationError(f"Sections: a list of at most {MOST} is needed.")
    found, problems = [], []
    for number, section in enumerate(sections, start=1):
        form_class = TYPES.get(section.get("type", "")) if isinstance(section, dict) else None
        if form_class is None:
            problems.append(f"Section {number}: the type must be one of {', '.join(TYPES)}.")
            continue
        place = f"Section {number} ({form_class.title_of_type})"
        values = _cleaned(form_class, section, place, is_complete, problems)
        rows = section.get(form_class.rows) or []
        if not isinstance(rows, list) or len(rows) > MOST:
            problems.append(f"{place}: {form_class.rows} must be a list of at most {MOST}.")
            rows = []
        kept = []
        for position, row in enumerate(rows, start=1):
            row_place = f"{place}, {form_class.row.title_of_type} {position}"
            kept.append(_cleaned(form_class.row, as_row(form_class.row, row), row_place, is_complete, problems))
        if kept := [stored_row(form_class.row, row) for row in kept if row]:
            values[form_class.rows] = kept
        found.append({"type": section["type"], **values})
    if problems:
        raise ValidationError(problems)
    return found


def _cleaned(form_class, given, place: str, is_complete: bool, problems: list[str]) -> dict:
    if not isinstance(given, dict):
        problems.append(f"{place}: fields with their values are needed.")
        return {}
    form = form_class(given, is_complete=is_complete)
    names = {*form.fields, form.rows, "type"}
    problems += [f"{place}: it has no field “{name}”." for name in given if name not in names]
    nested = [name for name in form.fields if isinstance(given.get(name), list | dict)]
    problems += [f"{place}: {name} must be a single value." for name in nested]
    if nested:
        return {}
    for name, errors in form.errors.items():
        label = str(form.fields[name].label or name.replace("_", " ")).lower()
        problems += [
            f"{place}: {label} is required." if error == "This is required." else f"{place}, {label}: {error}"
            for error in errors
        ]
    return form.values()


def is_key(row: type[SectionForm]) -> bool:
    """Return whether rows of this form are stored as the keys of their records alone."""
    return "key" in row.base_fields


def as_row(row: type[SectionForm], stored: Any) -> Any:
    return {"key": stored} if is_key(row) and not isinstance(stored, dict) else stored


def stored_row(row: type[SectionForm], values: dict) -> Any:
    return values["key"] if is_key(row) else values


# Reading -----------------------------------------------------------------------------------------


def parts_of(section: dict) -> Iterator[tuple[type[SectionForm], dict]]:
    """Return the form and the values of a stored section, then those of its rows."""
    form_class = TYPES[section["type"]]
    yield form_class, section
    for row in section.get(form_class.rows, ()):
        yield form_class.row, as_row(form_class.row, row)


def filled(form_class: type[SectionForm], values: dict, kind: type) -> Iterator[tuple[str, Any, Any]]:
    """Return name, field and value of the filled fields of this kind."""
    for name, field in form_class.base_fields.items():
        if isinstance(field, kind) and name in values:
            yield name, field, values[name]
