"""Authors are people or desks, and the page of a desk says that it is a team."""

import json

import pytest
from django.core.exceptions import ValidationError
from lxml import html

from articles.models import AuthorKind
from publishing.pages.json_ld import ORGANIZATION_ID
from tests import factories

pytestmark = pytest.mark.django_db
PROFILES = "https://www.example.com/ada/\nhttps://example.org/@ada"


def nodes_of(response, kind) -> list[dict]:
    (script,) = html.fromstring(response.content).xpath("//script[@type='application/ld+json']/text()")
    return [node for node in json.loads(script)["@graph"] if node["@type"] == kind]


def test_person_has_role_and_profiles_on_the_page_and_for_search_engines(client):
    person = factories.author(name="Ada", role="Evaluation", links=PROFILES)
    response = client.get(person.get_absolute_url())
    assert '<a href="https://www.example.com/ada/" rel="me">example.com/ada</a>' in response.text
    assert "A desk is" not in response.text
    (node,) = nodes_of(response, "Person")
    assert (node["jobTitle"], node["sameAs"], node["worksFor"]) == (
        "Evaluation",
        PROFILES.split(),
        {"@id": ORGANIZATION_ID},
    )
    (article,) = nodes_of(client.get(factories.article(authors=[person]).get_absolute_url()), "Article")
    assert article["author"] == [node]


def test_desk_is_said_to_be_a_team(client):
    desk = factories.author(name="Test desk", kind=AuthorKind.DESK)
    response = client.get(desk.get_absolute_url())
    assert "Each desk is a team of Vitrine" in response.text
    assert not nodes_of(response, "Person")
    assert {"name": "Test desk", "parentOrganization": {"@id": ORGANIZATION_ID}}.items() <= nodes_of(
        response, "Organization"
    )[1].items()


@pytest.mark.parametrize("link", ["http://example.com/ada", "javascript:alert(1)", "example.com/ada"])
def test_profile_that_is_no_safe_address_is_refused_with_its_words(link):
    with pytest.raises(ValidationError) as refused:
        factories.author(links=f"https://example.com/\n{link}").full_clean()
    assert refused.value.message_dict["links"] == [
        f"“{link}” is not an address that starts with https://. Enter one per line."
    ]
