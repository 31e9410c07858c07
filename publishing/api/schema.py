"""The OpenAPI document: what every operation may answer, beside its own result."""

from drf_spectacular.openapi import AutoSchema

from publishing.errors import PROBLEM_CONTENT_TYPE

PROBLEM = {
    "type": "object",
    "description": "A problem document (RFC 9457).",
    "required": ["type", "title", "status", "detail", "instance", "request_id"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string", "format": "uri-reference"},
        "request_id": {"type": ["string", "null"]},
        "errors": {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}},
    },
}
ANSWERS = {
    "400": "A parameter is not acceptable.",
    "404": "There is no such record.",
    "410": "The record was retired.",
    "500": "Something went wrong here.",
}


class Schema(AutoSchema):
    def get_summary(self):
        meta = self.view.get_queryset().model._meta
        return f"List {meta.verbose_name_plural}" if self.view.action == "list" else f"Show one {meta.verbose_name}"

    def get_description(self):
        """What the endpoint's own docstring says; that of its base speaks to programmers of this site."""
        return type(self.view).__dict__.get("__doc__") or ""

    def get_operation(self, path, path_regex, path_prefix, method, registry):
        operation = super().get_operation(path, path_regex, path_prefix, method, registry)
        if operation:
            for status, description in ANSWERS.items():
                if status in {"404", "410"} and "{" not in path:
                    continue
                operation["responses"].setdefault(status, self._problem(description))
        return operation

    def _problem(self, description: str) -> dict:
        schema = {"$ref": "#/components/schemas/Problem"}
        return {"description": description, "content": {PROBLEM_CONTENT_TYPE: {"schema": schema}}}


def add_problem_schema(result, generator, request, public):
    """drf-spectacular's hook: put the problem document among the components."""
    result["components"]["schemas"]["Problem"] = PROBLEM
    return result
