"""The documentation of the API as Markdown, for agents: the same sections and endpoints, without examples."""

from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse

from ops.http.urls import absolute
from publishing.rendering.markdown import heading, markdown_of

BEFORE, AFTER = ("start", "copy", "keys"), ("errors", "licence", "status", "rules")


def docs_as_markdown(context: dict[str, Any]) -> str:
    """Return the documentation. `context` is that of the page, whose sections are converted."""
    page = absolute(reverse("api-docs"))
    blocks = [heading("API", 1), context["about"]]
    blocks += [_section(name, context, page) for name in BEFORE]
    blocks.append(heading(context["sections"]["endpoints"], 2))
    for collection in context["collections"]:
        blocks += [heading(collection["name"].capitalize(), 3), collection["description"]]
        for operation in collection["operations"]:
            blocks.append(heading(f"`{operation['method']} {operation['path']}`", 4))
            blocks.append(f"{operation['summary']}.")
            blocks.append("\n".join(_parameter(parameter) for parameter in operation["parameters"]))
    blocks += [_section(name, context, page) for name in AFTER]
    blocks.append(context["texts"].markdown(context["changelog"], page))
    return "\n\n".join(filter(None, blocks)) + "\n"


def _section(name: str, context: dict, page: str) -> str:
    return markdown_of(render_to_string(f"publishing/_api_{name}.html", context), page)


def _parameter(parameter: dict) -> str:
    place = ", in the path" if parameter["in"] == "path" else ""
    line = f"- `{parameter['name']}` ({parameter['type']}{place}): {parameter.get('description', '')}"
    if parameter["default"] is not None:
        line += f" Default: `{parameter['default']}`."
    if parameter["values"]:
        line += f" Values: {', '.join(f'`{value}`' for value in parameter['values'])}."
    return line
