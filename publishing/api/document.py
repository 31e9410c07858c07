"""Complete the OpenAPI document with what all operations share: keys, quotas, errors, headers."""

from copy import deepcopy
from types import SimpleNamespace
from typing import Any

from django.conf import settings
from django.urls import reverse

from ops.http.errors import PROBLEM_CONTENT_TYPE, problem, problem_type
from ops.http.urls import absolute
from publishing.api.access import CHALLENGE, SCHEME
from publishing.api.schemas import ADDRESS, TEXT, an_object, described, or_null

# Sentences that the OpenAPI document and the page share.
METHODS = (
    "Every address answers GET and HEAD, `/check/` only POST; OPTIONS gets a 204, so that scripts of other sites may "
    "read in browsers (CORS); any other method gets a 405 with the allowed ones in `Allow`."
)
MOVED = (
    "Older slugs, other names and merged records redirect with a 301. An archived record gets a 410; one that was "
    "deleted or is a draft again, a 404. The feed says why a record left."
)
PROMISE = (
    "Since 2 December 2026, nothing is removed or changed in meaning under `/api/v1/` without 180 days’ notice; "
    "changes before that day, which the changelog lists, had none."
)
DESCRIPTION = f"""\
The catalogue of AI models, the articles and the answers of this site, to read. {METHODS} Unknown is null, amounts are \
text, times are UTC. New fields may be added at any time and are named in the changelog. {PROMISE}"""

LICENCE_WORDS = "Of our own texts and assessments in the catalogue; `partners` has the terms of all else."
ROOT = an_object(
    "Entry point of the API.",
    {
        "name": TEXT,
        "version": described("Of the addresses: /api/v1/.", TEXT),
        "documentation": described("For people.", ADDRESS),
        "changelog": described("What changed in the API.", ADDRESS),
        "openapi": described("For programs.", ADDRESS),
        "licence": an_object(LICENCE_WORDS, {"name": TEXT, "url": ADDRESS}),
        "partners": described("What partners get, and how they ask for a key.", ADDRESS),
        "collections": {"type": "object", "description": "By their names.", "additionalProperties": ADDRESS},
    },
)
REFERENCE = {"type": "string", "format": "uri-reference"}
PROBLEM = an_object(
    "A problem document (RFC 9457).",
    {
        "type": described("What kind of problem it is; `about:blank` where the status says all.", REFERENCE),
        "title": described("The status in words.", TEXT),
        "status": {"type": "integer", "description": "The status of the answer."},
        "detail": described("The problem, in a sentence.", TEXT),
        "instance": described("The path that was asked for.", REFERENCE),
        "request_id": or_null(described("Identifies the request in our logs.", TEXT)),
    },
    {
        "errors": {
            "type": "object",
            "description": "Problems of parameters, by name.",
            "additionalProperties": {"type": "array", "items": TEXT},
        }
    },
)
HEADERS = {
    "ETag": ("Changes with the response. Send it back as `If-None-Match`.", '"5f2b91c0"', False),
    "Link": ('The address of the next page, as `<…>; rel="next"`, unless this is the last.', "", False),
    "Location": ("The present address.", "", True),
    "RateLimit": ("What is left: `r` requests; `t` seconds until the window ends.", '"address";r=599;t=3541', False),
    "RateLimit-Policy": ("Your quota: `q` requests in `w` seconds.", '"address";q=600;w=3600', False),
    "Retry-After": ("Seconds to wait.", "3541", True),
    "WWW-Authenticate": ("How a key is sent.", CHALLENGE, True),
    "X-Request-ID": ("Identifies the request in our logs.", "b7d2f0c19a3e5d48", True),
}
# By status: description, example of a problem name, and the header that comes with it.
ERRORS = {
    "400": ("A parameter is unknown or invalid.", "unknown-parameter", ""),
    "401": ("The key is invalid.", "key-invalid", "WWW-Authenticate"),
    "404": ("There is no such record.", "", ""),
    "406": ("The API speaks JSON only.", "", ""),
    "410": ("The record was archived.", "", ""),
    "412": ("The current version does not match `If-Match`.", "", ""),
    "429": ("The quota is used up.", "rate-limit-exceeded", "Retry-After"),
    "500": ("Something went wrong here.", "", ""),
    "503": ("The site is busy.", "", "Retry-After"),
}
OF_RECORDS = {"404", "410"}
ON_EVERY_ANSWER = ("RateLimit-Policy", "RateLimit", "X-Request-ID")


def complete(result: dict, generator: object, request: object, public: bool) -> dict:
    """Return the document with the shared parts of its operations. A hook of drf-spectacular."""
    parts = result["components"]
    parts["headers"] = {name: _header(*values) for name, values in HEADERS.items()}
    parts["parameters"] = {"IfNoneMatch": IF_NONE_MATCH}
    parts["responses"] = {f"Problem{status}": _error(status, *error) for status, error in ERRORS.items()}
    description = "Reading needs no key; with a key the quota is larger. Any other form of `Authorization` is a 401."
    parts["securitySchemes"] = {"partnerKey": {"type": "http", "scheme": SCHEME.lower(), "description": description}}
    parts["schemas"] |= {"Problem": PROBLEM, "Root": deepcopy(ROOT)}
    result["paths"] = deepcopy(result["paths"])  # views may share theirs
    for path, operations in result["paths"].items():
        for operation in operations.values():
            _complete_operation(operation, is_of_record="{" in path)
    root = result["paths"][reverse("api-root")]["get"]["responses"]["200"]["content"]["application/json"]
    root["example"] = root_of({name: absolute(reverse(f"api-{name}-list")) for name in ("models", "offerings")})
    result["info"]["description"] = DESCRIPTION
    result["info"]["contact"] = {"name": "Keys and questions", "url": absolute("/contact/?kind=api_key")}
    result["servers"] = [{"url": settings.SITE_URL}]
    result["externalDocs"] = {"url": absolute(reverse("api-docs")), "description": "The same for people"}
    result["tags"] = _tags(result)
    return result


IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "The `ETag` of an earlier response. Without changes the response is an empty 304, free of quota.",
    "schema": {"type": "string"},
    "example": '"5f2b91c0"',
}


def root_of(collections: dict[str, str]) -> dict:
    """Return the general part of the root; `collections` are addresses by name."""
    return {
        "name": "Vitrine API",
        "version": "1",
        "documentation": absolute(reverse("api-docs")),
        "changelog": f"{absolute(reverse('api-docs'))}#changes",
        "openapi": absolute(reverse("api-openapi")),
        "licence": settings.DATA_LICENCE,
        "partners": f"{absolute(reverse('api-docs'))}#copy",
        "collections": collections,
    }


def _complete_operation(operation: dict, is_of_record: bool):
    operation.setdefault("parameters", []).append({"$ref": "#/components/parameters/IfNoneMatch"})
    operation["security"] = [{}, {"partnerKey": []}]
    answers = operation["responses"]
    for status, answer in answers.items():
        for media_type, content in answer.get("content", {}).items():
            if "examples" in content:  # as written by extend_schema
                example = next(iter(content.pop("examples").values()))["value"]
                is_problem = media_type == PROBLEM_CONTENT_TYPE  # then the example is the name of the problem
                description = answer["description"]
                content["example"] = problem_example(int(status), description, example) if is_problem else example
        answer["headers"] = {**answer.get("headers", {}), **_headers("ETag", *ON_EVERY_ANSWER)}
    if is_of_record:
        headers = _headers("Location", *ON_EVERY_ANSWER)
        answers["301"] = {"description": "Another name of the record: its present address.", "headers": headers}
    answers["304"] = {"description": "Nothing changed.", "headers": _headers("ETag", *ON_EVERY_ANSWER)}
    for status in ERRORS:
        if is_of_record or status not in OF_RECORDS:
            answers.setdefault(status, {"$ref": f"#/components/responses/Problem{status}"})
    operation["responses"] = dict(sorted(answers.items()))


def _headers(*names: str) -> dict:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names if name}


def _header(description: str, example: str, is_required: bool) -> dict:
    header = {"description": description, "required": is_required, "schema": {"type": "string"}}
    return {**header, "example": example} if example else header


def problem_example(status: int, detail: str, name: str, **extra) -> dict:
    """Return an example of a problem document; `name` is the name of the problem, if it has one."""
    request: Any = SimpleNamespace(path=reverse("api-root"), id="b7d2f0c19a3e5d48")
    return problem(request, status, detail, problem_type(name), **extra)


def _error(status: str, description: str, name: str, header: str) -> dict:
    extra = {"errors": {"topik": ["Unknown parameter."]}} if status == "400" else {}
    example = problem_example(int(status), description, name, **extra)
    content = {"schema": {"$ref": "#/components/schemas/Problem"}, "example": example}
    headers = _headers(header, *ON_EVERY_ANSWER)
    return {"description": description, "headers": headers, "content": {PROBLEM_CONTENT_TYPE: content}}


def _tags(result) -> list[dict]:
    """Return the tags, described by the text of their list operations."""
    description_by_tag = {}
    for operations in result["paths"].values():
        for operation in operations.values():
            for tag in operation.get("tags", []):
                description_by_tag.setdefault(tag, operation.get("description", ""))
    return [{"name": name, "description": description} for name, description in description_by_tag.items()]
