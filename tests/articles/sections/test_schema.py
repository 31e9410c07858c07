import pytest
from django.core.exceptions import ValidationError

from articles.models import Article, ArticleKind
from articles.sections.schema import TYPES, cleaned
from tests import factories

pytestmark = pytest.mark.django_db
HERO = {"type": "hero", "title": "We build it."}


def problems(*sections, is_complete=True) -> list[str]:
    with pytest.raises(ValidationError) as caught:
        cleaned(list(sections), is_complete)
    return caught.value.messages


def test_the_field_of_a_mistake_is_named():
    steps = {"type": "steps", "title": "How", "items": [{"title": "One"}, {"text": "Two"}]}
    assert problems(HERO, HERO, steps) == ["Section 3 (Steps), step 2: title is required."]
    assert problems({"type": "herb"})[0].startswith("Section 1: the type must be one of hero, ")
    assert problems(HERO | {"colour": "red"}) == ["Section 1 (Hero): it has no field “colour”."]
    assert problems(HERO | {"title": ["a"]}) == ["Section 1 (Hero): title must be a single value."]
    assert problems(HERO | {"show": "all"})[0].startswith("Section 1 (Hero), show beside it: ")
    wrong = HERO | {"button_label": "Go", "button_address": "javascript:alert(1)"}
    assert "Section 1 (Hero), button address: Enter an address" in problems(wrong)[0]
    assert problems({"type": "people", "title": "Us", "people": ["x"]}) == [
        "Section 1 (People), person 1, person: Enter a whole number."
    ]
    assert problems({"type": "text", "side": "left"}) == [
        "Section 1 (Text with figure), title: Fill in this field, or remove the section."
    ]


def test_what_readers_would_not_see_is_refused():
    with_both = HERO | {"show": "check", "image": 7}
    assert "Section 1 (Hero), image: The picture is shown only beside nothing else" in problems(with_both)[0]
    assert cleaned([with_both])  # a draft may be unfinished
    steps = {
        "type": "steps",
        "title": "How",
        "weeks": 4,
        "items": [{"title": "One", "after": 3}, {"title": "Two", "after": 4}],
    }
    assert problems(steps) == ["Section 1 (Steps), step 2: it begins after the end of the scale of 4 weeks."]


def test_a_draft_may_be_unfinished_and_a_published_page_may_not():
    unfinished = {"type": "steps", "items": [{"text": "Two"}]}
    assert cleaned([unfinished]) == [unfinished]
    assert len(problems(unfinished)) == 2
    draft = factories.article(kind=ArticleKind.PAGE, state="draft", sections=[unfinished])
    with pytest.raises(ValidationError) as caught:
        Article.objects.create(kind=ArticleKind.PAGE, title="A", summary="B", state="published", sections=[unfinished])
    assert "sections" in caught.value.error_dict
    assert "Two" in draft.body


def test_only_pages_have_sections():
    with pytest.raises(ValidationError, match="Only pages"):
        factories.article(sections=[HERO])


def test_values_are_stored_clean_and_without_empty_ones():
    given = HERO | {"text": " a\r\n\r\nb ", "image_alt": "", "show": None, "image": "7"}
    assert cleaned([given]) == [HERO | {"text": "a\n\nb", "image": 7}]
    text = {"type": "text", "body": '<p onclick="x">A</p><script>b</script>'}
    assert cleaned([text]) == [{"type": "text", "body": "<p>A</p>", "side": "right"}]
    rows = {"type": "people", "title": "Us", "people": [3, "", 5]}
    assert cleaned([rows])[0]["people"] == [3, 5]


def test_every_type_says_what_it_is():
    assert all(form.title_of_type and form.about for form in TYPES.values())
