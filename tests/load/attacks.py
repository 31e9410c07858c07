"""Requests that cost a server as much as they may, in the numbers in which they are sent at once."""

import io
import itertools
import random
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlencode

FORM = "application/x-www-form-urlencoded"
TOKEN = "a" * 32  # of the admin's forms, sent in the cookie and in the form
CHECKED = 100_000  # bytes that anybody may let check
BODY = 290_000  # characters of a text's body, below its limit
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
BODIES = {
    "digits": f"<p>{'1' * BODY}</p>",
    "names": f"<p>{repeated('gpt-4o Claude Sonnet 4.5 llama-3.1-8b ', BODY)}</p>",
    "quotation marks": f"<p>{repeated('“ ', BODY)}</p>",
    "nested lists": "<ul><li>" * (BODY // 25) + "x" + "</li></ul>" * (BODY // 25),
}
STYLES = ["@", "a", "/*", "a{", "}", "@a;"]


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


def upload(path: str, name: str, content: bytes, **values: str) -> Request:
    """Return a request with a file in the field `name`, as the admin's forms send it."""
    parts = [(f'name="{key}"', value.encode()) for key, value in {"csrfmiddlewaretoken": TOKEN, **values}.items()]
    parts.append((f'name="file"; filename="{name}"', content))
    lines = [
        f"--{BOUNDARY}\r\nContent-Disposition: form-data; {head}\r\n\r\n".encode() + value + b"\r\n"
        for head, value in parts
    ]
    body = b"".join(lines) + f"--{BOUNDARY}--\r\n".encode()
    return Request("POST", path, body, {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"})


def svg(number: int) -> Request:
    style = repeated(STYLES[number % len(STYLES)], 490_000)
    text = f'<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"><style>{style}</style></svg>'
    return upload("/admin/publishing/image/upload/", f"{number}.svg", text.encode(), later="1")


def text_form(number: int, path: str, **values: str) -> Request:
    [body] = itertools.islice(BODIES.values(), number % len(BODIES), number % len(BODIES) + 1)
    sent = {
        "csrfmiddlewaretoken": TOKEN,
        "title": f"Attack {number}",
        "slug": f"attack-{number}",
        "body": body,
        **values,
    }
    return Request("POST", path, urlencode(sent).encode(), {"Content-Type": FORM})


def preview(number: int) -> Request:
    return text_form(number, "/admin/articles/article/add/preview/")


def save(number: int) -> Request:
    return text_form(number, "/admin/articles/article/add/", _save="Save draft")


def csv(number: int) -> Request:
    rows = "".join(f"attack-{number}-{row},Attack {number} {row}\n" for row in range(5_000))
    sent = upload(
        "/admin/catalog/aimodel/import/", "models.csv", f"slug,name\n{rows}".encode(), format="0", resource="0"
    )
    sent.body = sent.body.replace(b'name="file"', b'name="import_file"')
    return sent


def zipped(files: dict[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in files.items():
            file.writestr(name, text)
    return content.getvalue()


LARGE = zipped({"[Content_Types].xml": b"<Types/>", "word/document.xml": bytes(200_000_000)})
MANY = zipped({"word/document.xml": b"<a/>", **{f"word/media/{number}.png": b"" for number in range(20_000)}})


def bomb(number: int) -> Request:
    return upload("/admin/articles/article/import/", f"{number}.docx", [LARGE, MANY][number % 2])


def brackets(number: int) -> Request:
    text = ["[" * 100_000, '{"a":' * 100_000][number % 2]
    return text_form(number, "/admin/articles/page/add/preview/", sections=text)


@dataclass
class Attack:
    name: str
    at_once: int
    make: Callable[[int], Request]
    is_signed_in: bool = False


ATTACKS = [
    Attack("checks by the API", 8, check),
    Attack("checks by the form", 8, check_form),
    Attack("searches", 16, search),
    Attack("lists", 16, list_of_models),
    Attack("SVG", 2, svg, is_signed_in=True),
    Attack("preview", 2, preview, is_signed_in=True),
    Attack("save", 1, save, is_signed_in=True),
    Attack("CSV", 1, csv, is_signed_in=True),
    Attack("docx", 2, bomb, is_signed_in=True),
    Attack("brackets", 2, brackets, is_signed_in=True),
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
        words = ["gpt", "claude", "price of a model", *ODD]
        pairs = [f"{chance.choice(NAMES)}={chance.choice(words).replace(' ', '+')}" for _ in range(chance.randrange(5))]
        method = chance.choices(["GET", "HEAD", "POST", "PUT", "OPTIONS"], [80, 8, 8, 2, 2])[0]
        body = (
            chance.choice([b"", b"\x00\xff", b"a=" + b"b" * 5_000, b"[" * 5_000]) if method in {"POST", "PUT"} else b""
        )
        headers = {"Content-Type": chance.choice([FORM, "text/plain", "application/json", "multipart/form-data"])}
        headers |= chance.choice([{}, {"Cookie": "session=x"}, {"If-None-Match": 'W/"a'}, {"Range": "bytes=9-1"}])
        requests.append(Request(method, f"{path}?{'&'.join(pairs)}" if pairs else path, body, headers))
    return requests
