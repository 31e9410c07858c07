"""The examples of texts in the documentation are the site's answers. `make fixtures` records them again."""

import json
import os
from pathlib import Path

import pytest
from django.conf import settings

import articles
import faq

LONGEST = 300  # characters of HTML
MOMENT = "2026-11-25T00:09:08.667771Z"
# These differ from one loading of the starter content to the next.
FIXED = {"id": "17", "published_at": MOMENT, "last_changed_at": MOMENT, "content_changed_at": MOMENT}


def shortened(html: str) -> str:
    return html if len(html) <= LONGEST else f"{html[:LONGEST]}…"


@pytest.mark.parametrize(
    ("app", "name", "path"),
    [
        (articles, "article", "articles/what-a-token-costs"),
        (faq, "question", "questions/is-generative-ai-the-same-as-llms"),
    ],
)
def test_example_is_what_the_site_answers(client, starter_loaded, db, app, name, path):
    answer = client.get(f"/api/v1/{path}/").content.decode().replace(settings.SITE_URL, "https://example.com")
    answer = json.loads(answer) | FIXED
    answer |= {key: shortened(value) for key, value in answer.items() if key.endswith("_html")}
    file = Path(app.__file__).with_name("api_examples.json")
    if os.environ.get("RECORD"):
        file.write_text(f"{json.dumps({name: answer}, indent=2, ensure_ascii=False)}\n", encoding="utf-8")
    assert json.loads(file.read_text(encoding="utf-8")) == {name: answer}
