"""Keys with more digits than a database can ask for, in addresses and forms that nobody's browser made."""

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
        assert answer.status_code != 400 or "larger than any" in answer.content.decode()
