"""The types of section (types.toml): a form for each and for its rows, which validate the admin's form and imports."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from html import escape
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator

from ops.toml_files import toml_beside
from publishing.revisions.last_valid import REFUSED
from publishing.richtext.allowlist import IMAGE_MODEL, UNSTORABLE
from publishing.richtext.field import RichTextFormField
from publishing.site.call_to_action import ADDRESS

MOST = 40  # sections of a page, and rows of a section
REQUIRED = "This is required."
FIELD = "field-"  # begins the codes of errors that name a field of the form

# Fields. Those with `html()` return by it their part of the composed body: `values` are those of the whole form, and
# `titles` those of the records by label and key.


class Line(forms.CharField):
    """Plain text on one line, linked if the field named `address` has a value; without a `tag` not in the body."""

    def __init__(self, tag: str = "p", address: str = "", required: bool = False, max_length: int = 150, **more: Any):
        super().__init__(required=required, max_length=max_length, **more)
        self.tag, self.address = tag, address

    def to_python(self, value):
        return " ".join(UNSTORABLE.sub("", super().to_python(value) or "").split())

    def html(self, value: str, values: dict, titles: dict) -> str:
        html, address = escape(value), values.get(self.address)
        html = f'<a href="{escape(address)}">{html}</a>' if address else html
        return f"<{self.tag}>{html}</{self.tag}>" if self.tag else ""


class Paragraphs(forms.CharField):
    """Plain text whose empty lines separate paragraphs; its lines are the items of a list if `around` is "ul"."""

    widget = forms.Textarea

    def __init__(self, around: str = "", **more: Any):
        super().__init__(required=False, max_length=1_000, **more)
        self.around = around

    def to_python(self, value):
        return UNSTORABLE.sub("", super().to_python(value) or "").replace("\r\n", "\n")

    def html(self, value: str, values: dict, titles: dict) -> str:
        tag, end = ("li", "\n") if self.around == "ul" else ("p", "\n\n")
        inner = "".join(f"<{tag}>{escape(part)}</{tag}>" for part in value.split(end) if part.strip())
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


class RecordKey(forms.IntegerField):
    """The key of a record of the model `model_label`. Records that are gone, or not public, the page leaves out."""

    def __init__(self, model_label: str, **more: Any):
        super().__init__(min_value=1, max_value=2**63 - 1, **more)
        self.model_label = model_label

    def html(self, value: int, values: dict, titles: dict) -> str:
        title = titles.get((self.model_label, value))
        return f'<li><a href="ref:{self.model_label}/{value}">{escape(title)}</a></li>' if title else ""


class ImageKey(RecordKey):
    def __init__(self, **more: Any):
        super().__init__(IMAGE_MODEL, required=False, **more)

    def html(self, value: int, values: dict, titles: dict) -> str:
        alt = escape(values.get("image_alt", ""))
        return f'<figure><img src="ref:{self.model_label}/{value}" alt="{alt}"></figure>'


class SectionForm(forms.Form):
    """The fields of a type of section or of its rows. Required fields are demanded only of what is published."""

    use_required_attribute = False
    title_of_type: ClassVar[str]
    about: ClassVar[str]  # one line for editors
    rows: ClassVar[str] = ""  # the name of its list of rows, if it has one
    row: "ClassVar[type[SectionForm]]"

    def __init__(self, data: dict, is_complete: bool = False, **options: Any):
        super().__init__(data, **options)
        self.is_complete = is_complete
        for field in self.fields.values():
            field.required = field.required and is_complete
            field.error_messages["required"] = REQUIRED

    def clean(self):
        values = super().clean() or {}
        if not self.is_complete:
            return values
        if values.get("show") == "own" and not values.get("body"):
            self.add_error("body", "Insert a table or a chart, or choose something else to show.")
        if values.get("image") and values.get("show"):
            self.add_error("image", "The picture is shown only beside nothing else: choose “Nothing more” above.")
        composing = [name for name, field in self.fields.items() if hasattr(field, "html")]
        if not self.rows and not self.errors and not any(map(values.get, composing)):
            self.add_error(next(iter(self.fields)), "Fill in this field, or remove the section.")
        for name in self.fields:
            address = name.replace("_label", "_address")
            if values.get(name) and values.get(address) == "":
                self.add_error(address, "A button needs an address.")
        return values

    def values(self) -> dict:
        """Return the values that are filled, for JSON: the valid ones, and of texts what was typed, for a draft. Other
        invalid values are REFUSED."""
        texts = {name: field for name, field in self.fields.items() if type(field) in (Line, Paragraphs)}
        typed = {
            name: texts[name].to_python(self[name].data) if name in texts else REFUSED
            for name in self.fields
            if name in self.errors
        }
        return {name: value for name, value in (self.cleaned_data | typed).items() if value not in (None, "")}


class Address(Line):
    default_validators = [RegexValidator(ADDRESS, "Enter an address such as /contact/ or https://….")]

    def __init__(self, **more: Any):
        super().__init__(tag="", max_length=300, **more)


KINDS: dict[str, Callable[..., forms.Field]] = {
    "line": Line,
    "address": Address,
    "paragraphs": Paragraphs,
    "rich": partial(RichText, required=False),
    "choice": Choice,
    "number": partial(forms.IntegerField, required=False),
    "image": ImageKey,
    "record": RecordKey,
}


def _form(title: str, fields: dict, about: str = "", rows: str = "", row: dict | None = None) -> type[SectionForm]:
    form_type: Any = type(SectionForm)
    attrs = {name: KINDS[entry.pop("kind")](**entry) for name, entry in fields.items()}
    more = {"title_of_type": title, "about": about, "rows": rows, "row": row and _form(**row)}
    return form_type(title, (SectionForm,), attrs | more)


TYPES = {name: _form(**entry) for name, entry in toml_beside(__file__, "types.toml").items()}


class SectionsError(ValidationError):
    sections: list[dict]  # with their valid values, which autosave stores; the others are REFUSED


def cleaned(sections: object, is_complete: bool = False) -> list[dict]:
    """Return sections as they are stored: valid, with their filled fields only.

    Raises ValidationError with a sentence for each problem, which names section, row and field. Required fields may be
    empty unless `is_complete`.
    """
    if not isinstance(sections, list) or len(sections) > MOST:
        raise ValidationError(f"Give a list of at most {MOST} sections.")
    cleaned_sections, problems = [], []
    for number, section in enumerate(sections, start=1):
        form_class = TYPES.get(str(section.get("type"))) if isinstance(section, dict) else None
        if form_class is None:
            problems.append(ValidationError(f"Section {number}: the type must be one of {', '.join(TYPES)}."))
            continue
        place, name = Place(f"Section {number} ({form_class.title_of_type})", f"{number - 1}"), form_class.rows
        values = _cleaned(form_class, section, place, is_complete, problems)
        rows = section.get(name) or []
        if not isinstance(rows, list) or len(rows) > MOST:
            problems.append(place.error(f": {name} must be a list of at most {MOST}."))
            rows = []
        row_form, cleaned_rows = form_class.row, []
        for position, row in enumerate(rows, start=1):
            row_place = Place(f"{place.name}, {row_form.title_of_type} {position}", f"{place.key}-{position - 1}")
            cleaned_rows.append(_cleaned(row_form, as_row(row_form, row), row_place, is_complete, problems))
            weeks, after = values.get("weeks"), cleaned_rows[-1].get("after")
            if is_complete and isinstance(weeks, int) and isinstance(after, int) and after >= weeks:
                sentence = f": it begins after the end of the scale of {weeks} weeks."
                problems.append(row_place.error(sentence, "after"))
        if filled_rows := [row["key"] if is_key(row_form) else row for row in cleaned_rows if row]:
            values[name] = filled_rows
        cleaned_sections.append({"type": section["type"], **values})
    if problems:
        error = SectionsError(problems)
        error.sections = cleaned_sections
        raise error
    return cleaned_sections


@dataclass(frozen=True)
class Place:
    """A section or a row: its `name` in sentences, and the `key` of its fields in the form, such as "0" or "0-2"."""

    name: str
    key: str

    def error(self, sentence: str, field: str = "") -> ValidationError:
        """Return an error whose code names its field in the form, if it has one."""
        return ValidationError(f"{self.name}{sentence}", code=f"{FIELD}{self.key}-{field}" if field else None)


def _cleaned(form_class, content, place: Place, is_complete: bool, problems: list[ValidationError]) -> dict:
    fields = content if isinstance(content, dict) else {"each row": []}
    if nested := [name for name, value in fields.items() if isinstance(value, list | dict) and name != form_class.rows]:
        problems += [place.error(f": {name} must be a single value.") for name in nested]
        return {}
    form = form_class(content, is_complete=is_complete)
    names = {*form.fields, form.rows, "type"}
    problems += [place.error(f": it has no field “{name}”.") for name in content if name not in names]
    for name, errors in form.errors.items():
        label = str(form[name].label).lower()
        problems += [
            place.error(f": {label} is required." if error == REQUIRED else f", {label}: {error}", name)
            for error in errors
        ]
    return form.values()


def is_key(row: type[SectionForm]) -> bool:
    """Return whether rows of this form are stored as the keys of their records alone."""
    return "key" in row.base_fields


def as_row(row: type[SectionForm], stored: Any) -> Any:
    return {"key": stored} if is_key(row) and not isinstance(stored, dict) else stored


def parts_of(section: dict) -> Iterator[tuple[type[SectionForm], dict]]:
    """Return the form and the values of a stored section, then those of its rows."""
    form_class = TYPES[section["type"]]
    yield form_class, section
    for row in section.get(form_class.rows, ()):
        yield form_class.row, as_row(form_class.row, row)


def filled(form_class: type[SectionForm], values: dict, kind: type = forms.Field) -> Iterator[tuple[str, Any, Any]]:
    """Return name, field and value of the filled fields of this kind that readers see."""
    for name, field in form_class.base_fields.items():
        if isinstance(field, kind) and name in values and (name != "body" or values.get("show", "own") == "own"):
            yield name, field, values[name]
