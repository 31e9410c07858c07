"""Services and case studies: their tables of details, worked examples, and where dates are shown."""

import re

import pytest

from articles.models import ArticleKind, Detail
from tests import factories

pytestmark = pytest.mark.django_db
UNDATED = {ArticleKind.SERVICE, ArticleKind.PAGE}
LISTS = {ArticleKind.SERVICE: "/services/", ArticleKind.CASE_STUDY: "/case-studies/"}


def text_with_details(kind, **fields):
    text = factories.article(kind=kind, **fields)
    for position, (label, value) in enumerate(
        [("Price", "Fixed after step one"), ("Result", "Half the bill"), ("Steps", "Talk\nZanzibar test\n\nReport")]
    ):
        Detail.objects.create(article=text, label=label, value=value, position=position)
    return text


@pytest.mark.parametrize("words", ["Measured", "Calculated, not measured"])
def test_list_says_whether_an_example_was_measured_or_calculated(client, words):
    study = text_with_details(ArticleKind.CASE_STUDY, is_worked_example=True)
    assert f"<span>{words}</span>" not in client.get("/case-studies/").text
    Detail.objects.create(article=study, label="Basis of the result", value=f"{words}: 17 models", position=9)
    assert f"<span>{words}</span>" in client.get("/case-studies/").text


def test_worked_example_is_called_one_wherever_it_is_shown(client):
    study = text_with_details(ArticleKind.CASE_STUDY, title="Quixotic", is_worked_example=True)
    page = client.get(study.get_absolute_url()).text
    assert page.index("Worked example, not a client project") < page.index("<h1")
    for address in ("/case-studies/", "/", "/search/?q=quixotic", study.markdown_url):
        assert "Worked example" in client.get(address).text, address
    assert client.get("/api/v1/articles/quixotic/").json()["is_worked_example"] is True
    other = text_with_details(ArticleKind.CASE_STUDY)
    assert "Worked example" not in client.get(other.get_absolute_url()).text


def test_cards_show_what_buyers_ask_for_first(client):
    for kind, address in LISTS.items():
        text_with_details(kind)
        page = client.get(address).text
        assert "Fixed after step one" in page
        assert "Zanzibar" not in page


def test_figures_of_an_example_and_whose_task_it_is_like_come_before_its_other_details(client):
    study = text_with_details(ArticleKind.CASE_STUDY)
    study.details.update(position=9)
    for label, value in (("Relevant if", "you compare lists"), ("lines to read", "148 of 1,126")):
        Detail.objects.create(article=study, label=label, value=value, position=1)
    for address in (study.get_absolute_url(), "/case-studies/"):
        page = client.get(address).text.partition("<body")[2]
        places = [page.index(words) for words in ("148 of 1,126", "Relevant if", "you compare lists", "Result")]
        assert places == sorted(places), address
        assert page.count("148 of 1,126") == page.count("you compare lists") == 1


def test_results_of_an_example_are_drawn_to_scale(client):
    study = text_with_details(ArticleKind.CASE_STUDY, is_worked_example=True)
    for label, value in (
        ("Task", "Sorting"),
        ("Of 3,080 messages", "2,204 sorted rightly\n103 sorted wrongly\n773 read by a person"),
        ("Dollars, compared", "63 with one\n1,260 with another"),
    ):
        Detail.objects.create(article=study, label=label, value=value)
    listed, page = (client.get(address).text for address in ("/case-studies/", study.get_absolute_url()))
    for html in (listed, page):
        drawing = html.partition("<figure")[2].partition("</figure>")[0]
        assert 'viewBox="0 0 3080 1"' in drawing
        assert re.findall(r'<rect width="(\d+)"', drawing) == ["3080", "2307", "2204"]
        assert html.count("2,204 sorted rightly") == 1
    assert '<span class="card__topic">Sorting</span>' in listed
    bars = listed.partition("Dollars, compared")[2]
    assert re.findall(r'viewBox="0 0 (\d+) 1".*?<rect width="(\d+)"', bars) == [("1260", "63"), ("1260", "1260")]
    assert "Dollars, compared" not in page
    assert "drawn--wrong" in page
    four = Detail.objects.filter(label="Of 3,080 messages")
    four.update(value="2,000 the same\n103 differ: ask the supplier\n204 read\n773 not found")
    drawing = client.get("/case-studies/").text.partition("<figure")[2].partition("</figure>")[0]
    assert 'viewBox="0 0 3080 1"' in drawing
    assert re.findall(r'<rect width="(\d+)"', drawing) == ["2307", "2103", "2000"]
    Detail.objects.filter(label="Of 3,080 messages").update(value="2,204 the same\n103 differ")
    assert "drawn--wrong" not in client.get(study.get_absolute_url()).text


def test_large_figures_that_come_first_stand_for_the_result(client):
    told = [("Result", "Half the work"), ("Relevant if", "people sort by hand")]
    for details in (told, [("of people’s work", "21 hours"), *told]):
        study = factories.article(kind=ArticleKind.CASE_STUDY)
        for position, (label, value) in enumerate(details):
            Detail.objects.create(article=study, label=label, value=value, position=position)
        page = client.get(study.get_absolute_url()).text
        has_figures = details != told
        assert ("Half the work" in page) is not has_figures
        assert ("<strong>Relevant if</strong> people sort by hand." in page) is not has_figures
        assert ("piece__fold" in page) is has_figures
        assert "people sort by hand" in page


def test_a_service_and_an_example_name_each_other_in_the_lists(client):
    service, study = (text_with_details(kind, title=f"Quixotic {kind}") for kind in LISTS)
    for one, other in ((service, study), (study, service)):
        one.read_also_links.create(other=other, position=0)
        assert f'<dd><a href="{other.get_absolute_url()}">' in client.get(LISTS[one.kind]).text


def test_details_are_on_the_page_in_markdown_in_the_api_and_found(client):
    service = text_with_details(ArticleKind.SERVICE)
    assert "<li>Zanzibar test</li>" in client.get(service.get_absolute_url()).text
    assert "| Steps | Talk; Zanzibar test; Report |" in client.get(service.markdown_url).text
    details = client.get(f"/api/v1/articles/{service.slug}/").json()["details"]
    assert details[0] == {"label": "Price", "value": "Fixed after step one"}
    assert service.title in client.get("/search/?q=zanzibar").text
    service.details.get(label="Steps").delete()
    assert service.title not in client.get("/search/?q=zanzibar").text


@pytest.mark.parametrize("kind", LISTS)
def test_short_number_is_shown_in_large_type_instead_of_in_the_table(kind, client):
    text = text_with_details(kind)
    Detail.objects.create(article=text, label="to the next end", value="83 days")
    page = client.get(text.get_absolute_url()).text.partition("<body")[2]
    assert '<dd class="proof__value">83 days</dd>' in page
    assert page.count("to the next end") == 1
    assert ("83 days" in client.get(LISTS[kind]).text) == (kind == ArticleKind.CASE_STUDY)


@pytest.mark.parametrize("kind", ArticleKind)
def test_only_what_is_dated_shows_a_date(kind, client):
    text = factories.article(kind=kind, facts_checked_on="2026-11-20", authors=[factories.author()])
    day = f"{text.first_published_at:%Y-%m-%d}"
    main = client.get(text.get_absolute_url()).text
    dates = [day in main, "20 November 2026" in main, "datePublished" in main, "article:published_time" in main]
    assert dates == [kind not in UNDATED] * 4
    assert ("published:" in client.get(text.markdown_url).text) == (kind not in UNDATED)
    if kind in LISTS:
        assert day not in client.get(LISTS[kind]).text


def test_form_suggests_the_usual_lines(admin_page):
    page = admin_page.get("/admin/articles/service/add/").text
    assert '<option value="Meant for">' in page
    assert 'list="usual-details"' in page
    assert '<option value="Basis of the result">' in admin_page.get("/admin/articles/casestudy/add/").text


def test_list_of_services_leads_to_a_public_example_of_each(client):
    service = text_with_details(ArticleKind.SERVICE)
    for title, kind, fields in [
        ("A draft", ArticleKind.CASE_STUDY, {"state": "draft"}),
        ("An article", ArticleKind.ARTICLE, {}),
        ("An example", ArticleKind.CASE_STUDY, {"is_worked_example": True}),
    ]:
        service.read_also_links.create(other=factories.article(title=title, kind=kind, **fields))
    page = client.get("/services/").text
    assert page.count("An example</a>") == 1
    assert "A draft" not in page
    assert "An article" not in page
