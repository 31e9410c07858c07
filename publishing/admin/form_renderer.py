"""A form renderer that writes inputs and selects without templates, since a page can have hundreds of them."""

from html import escape

from django.forms.renderers import TemplatesSetting
from django.utils.safestring import SafeString

FOLDER = "django/forms/widgets"
INPUTS = {
    f"{FOLDER}/{name}.html"
    for name in ("text", "number", "email", "url", "tel", "search", "password", "hidden", "date", "time", "checkbox")
}
RADIO, SELECT, TEXTAREA = (f"{FOLDER}/{name}.html" for name in ("radio_option", "select", "textarea"))


class FormRenderer(TemplatesSetting):
    """Django's renderer, with output identical to that of its templates."""

    def render(self, template_name, context, request=None):
        write = WRITERS.get(template_name)
        # The functions below escape each value.
        return SafeString(write(context["widget"])) if write else super().render(template_name, context, request)  # nosec B703


def _input(widget: dict) -> str:
    value = widget.get("value")
    value_attribute = "" if value is None else f' value="{_text(value)}"'
    return (
        f'<input type="{_text(widget["type"])}" name="{_text(widget["name"])}"{value_attribute}{_attributes(widget)}>'
    )


def _radio(widget: dict) -> str:
    if not widget.get("wrap_label"):
        return _input(widget)
    key = widget["attrs"].get("id")
    opening = f'<label for="{_text(key)}">' if key else "<label>"
    return f"{opening}{_input(widget)}\n {_text(widget['label'])}</label>"


def _textarea(widget: dict) -> str:
    return f'<textarea name="{_text(widget["name"])}"{_attributes(widget)}>\n{_text(widget["value"] or "")}</textarea>'


def _select(widget: dict) -> str:
    parts = [f'<select name="{_text(widget["name"])}"{_attributes(widget)}>']
    for name, options, _ in widget["optgroups"]:
        parts += [f'\n  <optgroup label="{_text(name)}">'] if name else []
        for option in options:
            value = f'<option value="{_text(option["value"])}"{_attributes(option)}>'
            parts.append(f"\n  {value}{_text(option['label'])}</option>\n")
        parts += ["\n  </optgroup>"] if name else []
    return f"{''.join(parts)}\n</select>"


def _attributes(widget: dict) -> str:
    attributes = widget["attrs"].items()
    return "".join(
        f" {_text(n)}" if v is True else f' {_text(n)}="{_text(v)}"' for n, v in attributes if v is not False
    )


def _text(value) -> str:
    """Django's `conditional_escape`, without its support of lazy texts, which takes most of its time."""
    text = value if isinstance(value, str) else str(value)
    return text if hasattr(text, "__html__") else escape(text)


WRITERS = {**dict.fromkeys(INPUTS, _input), RADIO: _radio, SELECT: _select, TEXTAREA: _textarea}
