"""The long marketing text, imported beside the starter catalogue and models.dev's data on the large vendors.

`seed_names.toml` has the expected links and findings: checked by hand, each with its sentence, on 25 November 2026. It
has words and places, not the text around them.
"""

import tomllib
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from articles.models import Article
from catalog.models import AIModel
from publishing.content.reference import Reference
from publishing.quality.names.lexicon import current_lexicon
from publishing.quality.names.mentions import names_of
from publishing.quality.preflight.checking import preflight
from publishing.richtext.reading import TextBlocks
from tests.catalog.feeds import real, take_over
from tests.publishing.content.test_permissions import ARTICLES, sign_in
from tests.publishing.importing import seed

GOLDEN = Path(__file__).with_name("seed_names.toml")
MAKERS = ("anthropic/", "google/", "meta/", "openai/", "xai/")


@pytest.fixture
def article(client, starter_content):
    pieces = seed.seed_pieces()
    feed = real("models-dev/authored.json")
    models = {key: entry for key, entry in feed["models"].items() if key.startswith(MAKERS)}
    take_over({**feed, "models": models, "providers": {}})
    sign_in(client, "Author")
    existing = set(Article.objects.values_list("pk", flat=True))
    client.post(f"{ARTICLES}import/", {"file": SimpleUploadedFile("seed.html", seed.as_html(pieces))})
    return Article.objects.exclude(pk__in=existing).get()


def test_what_is_certain_is_linked_and_nothing_else(article):
    golden = tomllib.loads(GOLDEN.read_text(encoding="utf-8"))
    references = {
        (row.target_type.model, row.target_id): row.target for row in Reference.objects.filter(source_id=article.pk)
    }
    linked = []
    for item in names_of(TextBlocks.of(article.body), current_lexicon()):
        if item.ref:
            label, _, key = item.ref.partition("/")
            record = references[label.partition(".")[2], int(key)]
            linked.append({"words": item.text, "nth": item.nth, "to": f"{label}/{record.slug}"})
    assert linked == golden["linked"]
    assert len(linked) >= 40
    findings = preflight(article)
    said = [{"rule": found.rule, "words": found.name.words, "nth": found.name.nth} for found in findings if found.name]
    assert sorted(said, key=str) == sorted(golden["said"], key=str)
    # Links to retired or unverified models still get a finding.
    cautions = " ".join(found.words for found in findings if found.rule == "link_caution")
    assert cautions.count("is not verified") == 2
    for words in (
        "“DALL-E 4” leads to “DALL-E 4”, which is not verified",
        "“Sora 3”",
        "“GPT-4”",
        "“Imagen 3”",
        "“Veo 2”",
    ):
        assert words in cautions
    unverified = AIModel.objects.get(slug="sora-3")
    assert Reference.objects.filter(source_id=article.pk, target_id=unverified.pk, status="link").exists()
