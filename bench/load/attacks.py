"""Requests that cost a server as much as they may, in the numbers in which they are sent at once.

They stay just below the limits, since a refusal costs nothing. Bodies of texts differ, since their results are cached.
"""

import io
import random
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlencode

FORM = "application/x-www-form-urlencoded"
TOKEN = "a" * 32  # of the admin's forms, sent in the cookie and in the form
CHECKED = 100_000  # bytes that anybody may let check
BODY = 290_000  # characters of a text's body, below its limit
CSV_ROWS = 5_000
BOUNDARY = "boundary-of-the-attack"


@dataclass
class Request:
    method: str
    path: str
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


def repeated(text: str, length: int) -> str:
    return (text * (length // len(text) + 1))[:length]


CHECKS = [
    "a:b/c:d/",
    "a:",
    "azure/gpt-4.7-x ",
    "gpt-9-turbo,",
    '"o3"\n',
    "gpt-0049-1711-2345 ",
    "model = ",
    "\\n- o3, ",
]
LISTS = 9_500  # half of the elements that a body may have
NESTED = "<ul><li>" * 100 + "x" * 1_200 + "</li></ul>" * 100  # what is nested twice as deep is left out
BODIES = [
    f"<p>{'1' * BODY}</p>",
    f"<p>{repeated('gpt-4o Claude Sonnet 4.5 llama-3.1-8b ', BODY)}</p>",
    f"<p>{repeated('“ ', BODY)}</p>",
    NESTED * (LISTS // 100),
    "<ul><li>" * LISTS + "x" + "</li></ul>" * LISTS,
]
STYLE = 99_900  # characters of the style of a drawing, below its limit
SHAPE = '<path class="a" d="M0 0"/>'
STYLES = ["@", "a", "/*", "a{", "}", "@a;", ".a{fill:red}"]
INLINES = ("author_links", "question_links", "read_also_links", "details")


def check(number: int) -> Request:
    text = repeated(CHECKS[number % len(CHECKS)], CHECKED).encode()
    return Request("POST", "/api/v1/check/", text, {"Content-Type": "text/plain"})


def check_form(number: int) -> Request:
    text = repeated(CHECKS[number % len(CHECKS)], CHECKED)
    return Request("POST", "/catalog/check/", urlencode({"text": text}).encode(), {"Content-Type": FORM})


def search(number: int) -> Request:
    return Request("GET", f"/search/?{urlencode({'q': f'the model of a price {number}'})}")


def list_of_models(number: int) -> Request:
    return Request("GET", f"/catalog/?{urlencode({'q': f'model {number}'})}")


def upload(path: str, name: str, content: bytes, field: str = "file", **values: str) -> Request:
    """Return a request with a file, as the admin's forms send it."""
    parts = [(f'name="{key}"', value.encode()) for key, value in {"csrfmiddlewaretoken": TOKEN, **values}.items()]
    parts.append((f'name="{field}"; filename="{name}"', content))
    lines = [
        f"--{BOUNDARY}\r\nContent-Disposition: form-data; {head}\r\n\r\n".encode() + value + b"\r\n"
        for head, value in parts
    ]
    body = b"".join(lines) + f"--{BOUNDARY}--\r\n".encode()
    return Request("POST", path, body, {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"})


def svg(number: int) -> Request:
    style = repeated(STYLES[number % len(STYLES)], STYLE)
    shapes = SHAPE * (390_000 // len(SHAPE))
    text = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="10" height="{number + 1}"><style>{style}</style>{shapes}</svg>'
    )
    return upload("/admin/publishing/image/upload/", f"{number}.svg", text.encode(), later="1")


def article_form(number: int, path: str, **values: str) -> Request:
    sent = {
        "csrfmiddlewaretoken": TOKEN,
        "kind": "article",
        "title": f"Attack {number}",
        "summary": "Two sentences.",
        "body": f"<p>{number}</p>{BODIES[number % len(BODIES)]}",
        **{f"{inline}-{name}_FORMS": "0" for inline in INLINES for name in ("TOTAL", "INITIAL")},
        **values,
    }
    return Request("POST", path, urlencode(sent).encode(), {"Content-Type": FORM})


def preview(number: int) -> Request:
    return article_form(number, "/admin/articles/article/add/preview/")


def save(number: int) -> Request:
    return article_form(number, "/admin/articles/article/add/", _continue="save")


def csv(number: int) -> Request:
    rows = "".join(f"attack-{number}-{row},Attack {number} {row}\n" for row in range(CSV_ROWS))
    content = f"slug,name\n{rows}".encode()
    path = "/admin/catalog/aimodel/import/"
    return upload(path, "models.csv", content, field="import_file")


def zipped(files: dict[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in files.items():
            file.writestr(name, text)
    return content.getvalue()


WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
PARAGRAPHS = 4_600  # of six tags, of which 28,000 are allowed


def document(number: int) -> bytes:
    text = "".join(f"<w:p><w:r><w:t>{number} {each}</w:t></w:r></w:p>" for each in range(PARAGRAPHS))
    xml = f'<w:document xmlns:w="{WORD}"><w:body>{text}</w:body></w:document>'
    return zipped({"word/document.xml": xml.encode()})


TOO_LARGE = "This document is too large when unpacked."
LARGE = zipped({"[Content_Types].xml": b"<Types/>", "word/document.xml": bytes(200_000_000)})
MANY = zipped({"word/document.xml": b"<a/>", **{f"word/media/{number}.png": b"" for number in range(20_000)}})


def docx(number: int) -> Request:
    content = [document, lambda _: LARGE, lambda _: MANY][number % 3](number)
    return upload("/admin/articles/article/import/", f"{number}.docx", content)


def brackets(number: int) -> Request:
    text = ["[" * 100_000, '{"a":' * 100_000, "[" * 100_000 + "]" * 100_000][number // 2 % 3]
    if number % 2:
        return upload("/admin/catalog/importrun/new/", "feed.json", text.encode())
    headers = {"Content-Type": "application/json", "X-CSRFToken": TOKEN}
    return Request("POST", "/admin/publishing/paste/", f'{{"html": {text}'.encode(), headers)


@dataclass
class Attack:
    """`answers` are the statuses, and words of the address or the page, by which the server shows that it did the work
    for the first requests that `make` returns; their kinds repeat.
    """

    name: str
    at_once: int
    make: Callable[[int], Request]
    answers: list[tuple[int, str]]
    is_signed_in: bool = False


SAVED = (302, "/change/")
ATTACKS = [
    Attack("checks by the API", 8, check, [(200, '"found":')] * len(CHECKS)),
    Attack("checks by the form", 8, check_form, [(303, "/catalog/check/?models=")] * len(CHECKS)),
    Attack("searches", 16, search, [(200, "Results for")]),
    Attack("lists", 16, list_of_models, [(200, "<table")]),
    Attack("SVG", 2, svg, [(200, '.svg"')] * len(STYLES), is_signed_in=True),
    Attack("preview", 2, preview, [(200, "Attack ")] * len(BODIES), is_signed_in=True),
    Attack("save", 1, save, [SAVED] * len(BODIES), is_signed_in=True),
    Attack("CSV", 1, csv, [(302, "/admin/catalog/aimodel/import/")], is_signed_in=True),
    Attack("docx", 2, docx, [SAVED, (200, TOO_LARGE), (200, TOO_LARGE)], is_signed_in=True),
    Attack("brackets", 2, brackets, [(400, "not JSON"), (200, "not a JSON file")] * 3, is_signed_in=True),
]

ODD = [
    "%00",
    "%ED%A0%80",
    "%FF%FE",
    "9" * 400,
    "-1",
    "",
    "%D9%A3",
    str(2**63),
    "%22%3E%3Cscript%3E",
    "x" * 2_000,
    "'--",
    "../",
]
NAMES = [
    "q",
    "page",
    "kind",
    "m",
    "models",
    "unknown",
    "offers",
    "more",
    "as_of",
    "sort",
    "vendor",
    "show",
    "price_max",
]
NAMES += ["input", "limit", "cursor", "types", "after", "ids", "days", "model", "within", "messages", "x"]
PATHS = [
    "/",
    "/articles/",
    "/faq/",
    "/catalog/",
    "/search/",
    "/search/suggest/",
    "/catalog/suggest/",
    "/catalog/models.csv",
]
PATHS += [
    "/catalog/compare/",
    "/catalog/cost/",
    "/catalog/check/",
    "/catalog/charts/",
    "/catalog/retiring/",
    "/contact/",
]
PATHS += ["/catalog/retiring/calendar.ics", "/catalog/changes/", "/sitemap.xml", "/robots.txt", "/api/", "/api/v1/"]
PATHS += [
    "/api/v1/models/",
    "/api/v1/offerings/",
    "/api/v1/changes/",
    "/api/v1/export/",
    "/api/v1/manifest/",
    "/admin/",
]
PATHS += [
    "/api/v1/records/",
    "/api/v1/check/",
    "/admin/login/",
    "/media/",
    "/static/",
    "/nothing/",
    "/%2e%2e/",
    "/healthz",
]


def hostile(count: int) -> list[Request]:
    """Return requests with odd parameters, paths, methods, headers and bodies, always the same ones."""
    chance = random.Random(37)
    requests = []
    for _ in range(count):
        path = chance.choice(PATHS)
        if chance.random() < 0.15:
            path += chance.choice(ODD).strip("-") + "/"
        terms = ["gpt", "claude", "price of a model", *ODD]
        pairs = [f"{chance.choice(NAMES)}={chance.choice(terms).replace(' ', '+')}" for _ in range(chance.randrange(5))]
        method = chance.choices(["GET", "HEAD", "POST", "PUT", "OPTIONS"], [80, 8, 8, 2, 2])[0]
        body = (
            chance.choice([b"", b"\x00\xff", b"a=" + b"b" * 5_000, b"[" * 5_000]) if method in {"POST", "PUT"} else b""
        )
        headers = {"Content-Type": chance.choice([FORM, "text/plain", "application/json", "multipart/form-data"])}
        headers |= chance.choice([{}, {"Cookie": "session=x"}, {"If-None-Match": 'W/"a'}, {"Range": "bytes=9-1"}])
        requests.append(Request(method, f"{path}?{'&'.join(pairs)}" if pairs else path, body, headers))
    return requests
