"""Values in addresses and forms of the admin that none of its pages produces: they cause no server error."""

import pytest

from tests import factories

LARGE = "9" * 25


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["articles/article", "faq/question", "publishing/claim", "publishing/mediaimage"])
def test_a_list_of_the_admin_says_what_is_wrong_or_finds_nothing(admin_page, path):
    address = f"/admin/{path}/"
    factories.world()
    acted = {"action": "delete_selected", "_selected_action": LARGE, "index": "0", "select_across": "0"}
    answers = [
        admin_page.get(address, {"owner": LARGE}),
        admin_page.get(address, {"id__exact": LARGE}),
        admin_page.get(address, {"tags__id__exact": LARGE}),
        admin_page.get(f"{address}{LARGE}/change/"),
        admin_page.get(f"{address}{LARGE}/history/"),
        admin_page.post(address, acted),
    ]
    assert {answer.status_code for answer in answers} <= {200, 302, 400, 404}
    for answer in answers:
        assert answer.status_code != 400 or "too large" in answer.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address",
    [
        "catalog/aimodel/export/?nosuch=1",
        "catalog/price/export/?page=2",
        "catalog/offering/add/?model=x",
        "catalog/offering/add/?model=%ED%A0%80",
        "catalog/lifecycleevent/add/?model=x",
        "articles/article/?topics__id__exact=x",
        "articles/article/?first_published_at__year=99999999999",
        "articles/article/?first_published_at__year=0",
        "articles/article/?first_published_at__year=2026&first_published_at__month=2&first_published_at__day=30",
        "articles/article/?first_published_at__month=13",
        "articles/article/?first_published_at__day=x",
        "admin/logentry/?action_time__year=2147483648",
        "admin/logentry/?action_time__year=x",
    ],
)
def test_an_address_of_a_value_that_cannot_be_looked_up(admin_page, address):
    factories.world()
    answer = admin_page.get(f"/admin/{address}")
    assert answer.status_code in {200, 302, 400}, answer.status_code
    if answer.status_code == 400:
        assert "is invalid" in answer.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("value", ["x", "\ufffd", "1" * 5_000])
@pytest.mark.parametrize("kind", ["article", "page", "service", "casestudy"])
@pytest.mark.parametrize("field", ["cover", "share_image", "author_links-0-author", "question_links-0-question"])
def test_a_form_that_chooses_what_is_no_key(admin_page, kind, field, value):
    sent = {"title": "A text", "_continue": "save", field: value}
    for rows in ("author_links", "question_links", "read_also_links", "details", "topic_links"):
        sent |= {f"{rows}-TOTAL_FORMS": "1", f"{rows}-INITIAL_FORMS": "0"}
    answer = admin_page.post(f"/admin/articles/{kind}/add/", sent)
    assert answer.status_code in {200, 302, 400}


@pytest.mark.django_db
def test_an_error_of_the_site_itself_is_one_still(admin_page, monkeypatch):
    def fail(*arguments, **named):
        raise ValueError("Something else")

    admin_page.raise_request_exception = False
    monkeypatch.setattr("articles.admin.ArticleAdmin.get_queryset", fail)
    assert admin_page.get("/admin/articles/article/").status_code == 500
