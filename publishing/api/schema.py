"""The OpenAPI description of lists and records; `publishing.api.document` adds what all operations share."""

from typing import TYPE_CHECKING, cast

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent

from ops.http.urls import absolute

if TYPE_CHECKING:
    from publishing.api.viewsets import PublishableViewSet


class RecordSchema(AutoSchema):
    view: "PublishableViewSet"

    def get_summary(self):
        meta = self.view.model._meta
        return f"List {meta.verbose_name_plural}" if self.view.action == "list" else f"Show one {meta.verbose_name}"

    def get_description(self):
        """Return the endpoint's own docstring; that of the base class is for programmers of this site."""
        return type(self.view).__dict__.get("__doc__") or ""

    def get_operation_id(self):
        meta = self.view.model._meta
        return f"list_{meta.verbose_name_plural}" if self.view.action == "list" else f"get_{meta.verbose_name}"

    def get_response_serializers(self):
        for name, schema in self.view.components.items():
            self.registry.register_on_missing(ResolvedComponent(name, ResolvedComponent.SCHEMA, schema, name))
        return {"200": self.view.record_schema}

    def get_operation(self, path, path_regex, path_prefix, method, registry):
        operation = cast(dict, super().get_operation(path, path_regex, path_prefix, method, registry))
        answer, example = operation["responses"]["200"], self.view.example
        if self.view.action == "list":
            answer["description"] = "A page of the list. `next` and the `Link` say where the following one is."
            answer["headers"] = {"Link": {"$ref": "#/components/headers/Link"}}
            if schema := self.view.components.get(self.view.record_schema["$ref"].rpartition("/")[2]):
                example = {name: example[name] for name in schema["properties"]}
            after = example["id"] if example.get("id", "").isdigit() else "17"
            example = {"items": [example], "next": f"{absolute(path)}?after={after}&limit=1"}
        else:
            answer["description"] = "The record."
            (parameter,) = (found for found in operation["parameters"] if found["in"] == "path")
            parameter["description"] = self.view.name_words
            parameter["example"] = {**example.get("data", {}), **example}.get(parameter["name"])
            parameter["schema"] = {"type": "string", "minLength": 1, **self.view.name_schema}
        answer["content"]["application/json"]["example"] = example
        return operation
