"""What the pages, their Markdown, the API and the check say of ends and replacements of starter models."""

import re
from datetime import date

import pytest
import time_machine

from catalog.check.result import stack_models
from catalog.lifecycle.heirs import end_as_json, ends_and_replacements, in_text
from catalog.models import AIModel, ModelSummary
from catalog.pages.model_page import model_page

pytestmark = pytest.mark.usefixtures("starter_content")


@pytest.mark.parametrize("day", [date(2026, 3, 1), date(2026, 12, 2), date(2027, 6, 1)])
def test_end_and_replacement_of_each_model_are_those_of_its_page_and_of_the_check(client, day):
    with time_machine.travel(day, tick=False):
        heirs = dict(ModelSummary.objects.exclude(show="unverified").values_list("pk", "row__replaced_by"))
        models = AIModel.objects.in_bulk(heirs)
        found, checked = ends_and_replacements(heirs, day), {one["slug"]: one for one in stack_models(models, day)}
        assert len(models) > 60
        named = 0
        for key, model in models.items():
            end, chain = found[key]
            of_check, page = checked[model.slug], model_page(model, day)
            assert (of_check["end"], of_check["replacements"]) == (end_as_json(end), chain), model
            assert page.heirs == chain, model
            ahead = end if end and end.last_day > day and page.status != "retired" else None
            shown = (page.end.date, page.end.bound) if page.end else None
            assert shown == (ahead and (ahead.date, ahead.bound)), model
            named += bool(chain)
        assert named > 20
        some = [key for key in models if found[key][1]][::10]
        for key in some:
            model, (end, chain) = models[key], found[key]
            today = client.get(f"/api/v1/models/{model.slug}/").json()["today"]
            assert (today["end"], today["replacement"]) == (end_as_json(end), chain)
            text = client.get(f"{model.get_absolute_url().rstrip('/')}.md").content.decode()
            (line,) = (line for line in text.splitlines() if line.startswith("Replacement: "))
            assert re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", line).replace("\\", "") == f"Replacement: {in_text(chain)}."
            ahead = end if end and end.last_day > day and today["status"] != "retired" else None
            said = re.findall(r"Last day: (not before )?([^.]*)\.", text.partition("## ")[0])
            bound = "not before " if ahead and ahead.bound == "not_before" else ""
            assert said == ([(bound, str(ahead.period))] if ahead else [])


def test_the_list_gives_the_same_as_the_record(client):
    records = client.get("/api/v1/models/?limit=100").json()["items"]
    keys = dict(AIModel.objects.values_list("slug", "pk"))
    found = ends_and_replacements(
        {keys[one["data"]["slug"]]: one["data"]["replaced_by"] for one in records}, date.today()
    )
    for one in records:
        end, chain = found[keys[one["data"]["slug"]]]
        assert (one["today"]["end"], one["today"]["replacement"]) == (end_as_json(end), chain)
