import pytest
from django.core.exceptions import BadRequest
from django.http import Http404

from articles.models import Article
from ops.http.query_params import page_of, whole_number, words
from tests import factories

NO_NUMBERS = [
    "",
    " 1",
    "1 ",
    "+1",
    "-1",
    "1.0",
    "1e3",
    "0x1",
    "²",
    "１",
    "٣",
    "1_000",
    "\x00",
    "NaN",
    "9" * 5000,
    "None",
]


@pytest.mark.parametrize("text", NO_NUMBERS)
def test_what_is_no_whole_number_is_refused(text):
    with pytest.raises(BadRequest, match="page"):
        whole_number(text, "page")


def test_number_must_lie_in_its_range():
    assert whole_number("1", "page", least=1, most=3) == 1
    assert whole_number("3", "page", least=1, most=3) == 3
    for text in ("0", "4", "9999999999"):
        with pytest.raises(BadRequest, match="from 1 to 3"):
            whole_number(text, "page", least=1, most=3)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("  gpt   4 ", "gpt 4"),
        ("a\x00b\nc\td", "a b c d"),
        ("a\ud800b", "a b"),
        ("a\u202eb\u200bc", "a b c"),
        ("naïve 日本 🦙", "naïve 日本 🦙"),
        ("\x00", ""),
        ("a" * 100_000, "a" * 200),
    ],
)
def test_search_words_lose_what_no_database_can_hold(text, kept):
    assert words(text) == kept


@pytest.mark.django_db
def test_pages_are_cut_and_their_number_is_checked(rf):
    for _ in range(5):
        factories.article()
    articles = Article.objects.order_by("pk")
    assert len(page_of(articles, rf.get("/"), 2)) == 2
    assert len(page_of(articles, rf.get("/?page=3"), 2)) == 1
    with pytest.raises(Http404):
        page_of(articles, rf.get("/?page=4"), 2)
    with pytest.raises(BadRequest):
        page_of(articles, rf.get("/?page=0"), 2)


@pytest.mark.django_db
def test_first_page_of_nothing_is_there(rf):
    assert list(page_of(Article.objects.order_by("pk"), rf.get("/"), 2)) == []
