"""The price of a model is that of its vendor, in whatever order the real feeds are imported beside the starter."""

import pytest
from django.utils import timezone

from catalog.integration.facts import look_up
from catalog.models import AIModel
from tests.catalog.feeds import real, take_over

pytestmark = [pytest.mark.django_db, pytest.mark.whole, pytest.mark.usefixtures("starter_content")]
FEEDS = ["models-dev/authored.json", "models-dev/api.json", "litellm/model_prices_and_context_window.json"]


@pytest.mark.parametrize("feeds", [FEEDS, FEEDS[::-1]], ids=["models.dev first", "LiteLLM first"])
def test_gpt_5_2_has_the_prices_of_openai_in_every_form(client, feeds):
    for name in feeds:
        take_over(real(name))
    model = AIModel.objects.get(slug="gpt-5-2")
    today = client.get("/api/v1/models/gpt-5-2/").json()["today"]
    assert (today["input_price"], today["output_price"], today["price_at"]["slug"]) == ("1.75", "14", "openai")
    assert "1.75 / 14.00" in client.get("/catalog/", {"q": "GPT-5.2"}).text
    page = client.get(model.get_absolute_url()).text
    for words in ("1.75", "14.00", "at OpenAI"):
        assert words in page
    facts = look_up({model.pk: {"input_price", "output_price"}}, timezone.localdate())
    assert [facts[model.pk, name].number for name in ("input_price", "output_price")] == ["1.75", "14.00"]
    for path in ("/catalog/compare/?m=gpt-5-2&m=claude-haiku-4-5", "/catalog/charts/"):
        assert "OpenAI" in client.get(path).text
