"""The data that a browser sends from the contact form."""

from urllib.parse import urlencode

from enquiries.models import Enquiry

PATH = "/contact/"
FROM_HERE = {"Origin": "http://testserver", "Sec-Fetch-Site": "same-origin"}
WORDS = {
    "kind": "project",
    "name": "Ada Example",
    "email": "ada@example.org",
    "company": "Example Ltd",
    "message": "We sort 400 letters a day.\r\nWhich model?",
    "purpose": "",
    "volume": "",
    "came_from": "/services/custom-ai-systems/",
    "website": "",
}


def post(client, headers=FROM_HERE, address="203.0.113.9", **changes):
    body = urlencode(WORDS | changes)
    kind = "application/x-www-form-urlencoded"
    return client.post(PATH, body, content_type=kind, headers=headers, REMOTE_ADDR=address)


def enquiry(**fields) -> Enquiry:
    values = {name: WORDS[name] for name in ("kind", "name", "email", "company", "message", "came_from")}
    return Enquiry.objects.create(**values | fields)
