from datetime import UTC, datetime

import pytest
from django.core.exceptions import ValidationError

from articles.archive import years_with_articles
from articles.models import Article
from publishing.content.publishable import State
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def of(year, month=1, day=15, **fields):
    return factories.article(first_published_at=datetime(year, month, day, tzinfo=UTC), **fields)


def html_of(client, path, status=200):
    response = client.get(path)
    assert response.status_code == status
    return response.content.decode()


def test_year_lists_its_articles_by_month_the_newest_first(client):
    of(2024, 3, title="March one")
    of(2024, 11, 2, title="November one")
    of(2024, 11, 20, title="November two")
    of(2023, title="Of another year")
    of(2024, title="A service", kind="service")
    of(2024, title="A draft", state=State.DRAFT)
    html = html_of(client, "/articles/2024/").partition("<main")[2]
    places = [html.index(words) for words in ("November <", "November two", "November one", "March <", "March one")]
    assert places == sorted(places)
    assert "2 articles" in html
    assert "3 articles in 2024" in html
    for words in ("Of another year", "A service", "A draft"):
        assert words not in html


def test_year_leads_to_the_nearest_years_that_have_articles(client):
    for year in (2020, 2023, 2026):
        of(year)
    html = html_of(client, "/articles/2023/")
    assert '<a class="pagination__step" rel="prev" href="/articles/2026/">2026</a>' in html
    assert '<a class="pagination__step" rel="next" href="/articles/2020/">2020</a>' in html
    assert 'rel="next"' not in html_of(client, "/articles/2020/")
    assert 'rel="prev"' not in html_of(client, "/articles/2026/")


@pytest.mark.parametrize(
    ("zone", "years"), [("UTC", [2024, 2023]), ("Pacific/Kiritimati", [2024]), ("Pacific/Pago_Pago", [2023])]
)
def test_a_year_ends_at_midnight_of_the_site(zone, years, settings, client):
    settings.TIME_ZONE = zone
    factories.article(first_published_at=datetime(2023, 12, 31, 22, 59, 58, tzinfo=UTC))
    factories.article(first_published_at=datetime(2024, 1, 1, 1, 30, tzinfo=UTC))
    assert years_with_articles() == years


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Pacific/Auckland"])
def test_year_without_articles_is_not_found(client, settings, zone):
    settings.TIME_ZONE = zone
    of(2023)
    factories.article(state=State.DRAFT, first_published_at=datetime(2022, 1, 1, tzinfo=UTC))
    for year in (1000, 2022, 2024, 9999):
        html_of(client, f"/articles/{year}/", 404)


def test_year_says_its_one_address(client, settings):
    of(2024)
    html = html_of(client, "/articles/2024/?page=2")
    assert f'<link rel="canonical" href="{settings.SITE_URL}/articles/2024/' in html
    assert "<title>Articles of 2024" in html


def test_list_of_articles_leads_to_the_years(client):
    of(2023)
    of(2021)
    html = html_of(client, "/articles/")
    assert html.index('<a href="/articles/2023/">2023</a>') < html.index('<a href="/articles/2021/">2021</a>')
    assert "/articles/2022/" not in html


def test_address_of_four_digits_is_refused_with_a_sentence():
    article = Article(title="A year", slug="2024")
    with pytest.raises(ValidationError, match="lists the articles of a year"):
        article.clean()
    Article(title="A year", slug="2024-in-review").clean()
    Article(title="A year", slug="2024", kind="service").clean()


def test_title_of_four_digits_makes_another_address():
    assert factories.article(title="1984").slug == "1984-2"
    assert factories.article(title="1984").slug == "1984-3"
    assert factories.article(title="In 1984").slug == "in-1984"


def test_article_that_has_four_digits_from_before_stays_reachable(client):
    of(2024, title="Of that year")
    factories.article(slug="2024", title="From before")
    assert "From before" in html_of(client, "/articles/2024/")
    Article.objects.filter(slug="2024").update(state=State.DRAFT)
    assert "Of that year" in html_of(client, "/articles/2024/")
