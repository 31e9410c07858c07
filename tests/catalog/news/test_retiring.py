"""Upcoming retirements of a selection, as a page, feeds and a calendar. Stage: test."""

import json
import re

import pytest
import time_machine
from django.template.loader import render_to_string
from django.urls import reverse
from lxml import etree, html

from catalog.models import AIModel
from catalog.templatetags.catalog import next_retirements
from publishing.pages.ical import calendar
from tests.catalog import factories

PAGE = "/catalog/retiring/"
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_fixed_day")]


@pytest.fixture
def _fixed_day():
    with time_machine.travel("2026-11-24 12:00", tick=False):
        yield


@pytest.fixture
def world():
    acme, host, cloud = factories.vendor(name="Acme"), factories.provider(name="Host"), factories.provider(name="Cloud")
    one, two = factories.model(name="One", vendors=[acme]), factories.model(name="Two")
    three = factories.model(name="Three, the “last”; \\ ÄÖÜ " + "é" * 60)
    factories.event(model=one, kind="retired", date="2027-01-14")
    factories.offering(model=one, provider=host)
    factories.event(offering=factories.offering(model=two, provider=host), kind="retired", date="2027-02")
    factories.event(offering=factories.offering(model=three, provider=cloud), kind="retired", date="2027-03-01")
    factories.offering(model=three, provider=host)
    return one, two, three


def names(client, **query) -> list[str]:
    tree = html.document_fromstring(client.get(reverse("catalog:retiring"), query, follow=True).content.decode())
    return [name.text_content()[:5] for name in tree.find_class("ends__name")]


@pytest.mark.usefixtures("world")
def test_filters_narrow_the_list(client):
    assert names(client, by="any") == names(client, within="12") == ["One", "Two", "Three"]
    assert names(client, vendor="acme") == ["One"]
    # What the vendor announces concerns each provider, what another provider announces does not.
    assert names(client, provider="host") == ["One", "Two"]
    assert names(client, provider="cloud") == ["Three"]
    assert names(client, model="one,two") == ["One", "Two"]
    assert names(client, vendor="acme", model="two") == []


@pytest.mark.usefixtures("world")
def test_providers_with_ends_of_their_own_are_offered_and_the_chosen_one(client):
    factories.offering(model=AIModel.objects.get(name="One"), provider=factories.provider(name="Reseller"))

    def offered(**query) -> list[str]:
        tree = html.document_fromstring(client.get(PAGE, query).content.decode())
        return tree.xpath("//select[@name='provider']/option/text()")

    assert offered(by="any") == ["All", "Cloud", "Host"]
    assert offered(provider="reseller") == ["All", "Cloud", "Host", "Reseller"]


@pytest.mark.usefixtures("world")
def test_rows_of_one_day_follow_each_other_by_vendor_below_a_heading_for_phones(client):
    for vendor, name in (("Beta", "A"), ("Acme", "Z")):
        made = factories.vendor(name=vendor) if vendor == "Beta" else AIModel.objects.get(name="One").vendors.get()
        factories.event(model=factories.model(name=name, vendors=[made]), kind="retired", date="2027-01-14")
    assert names(client) == ["One", "Z", "A"]
    tree = html.document_fromstring(client.get(PAGE).content.decode())
    assert [bool(row.find_class("ends__item--same")) for row in tree.find_class("ends__item")] == [False, True, True]
    [day] = tree.find_class("ends__day")
    assert " ".join(day.text_content().split()).startswith("14 January 2027 ○")


@pytest.mark.usefixtures("world")
def test_vendors_are_offered_with_their_numbers_of_ends(client):
    beta = factories.vendor(name="Beta")
    for name in ("A", "B"):
        factories.event(model=factories.model(name=name, vendors=[beta]), kind="retired", date="2027-01-14")

    def offered(url) -> list[tuple]:
        [nav] = html.document_fromstring(client.get(url).content.decode()).find_class("ends-vendors")
        return [(link.text, link.get("href"), link.get("aria-current")) for link in nav.iter("a")]

    acme, beta = f"{PAGE}?by=vendor&vendor=acme", f"{PAGE}?by=vendor&vendor=beta"
    assert offered(PAGE) == [("Acme (1)", acme, None), ("Beta (2)", beta, None)]
    assert offered(beta) == [("All vendors", PAGE, None), ("Acme (1)", acme, None), ("Beta (2)", beta, "true")]
    assert names(client, by="vendor", vendor="beta") == ["A", "B"]


def test_sources_are_numbered_below_and_a_host_that_is_not_checked_is_marked(client):
    acme = factories.vendor(name="Acme")
    pages = {
        name: factories.source(title=f"{name} page", url=f"https://{name}.example.com/") for name in ("First", "Other")
    }
    for name, title in (("One", "First"), ("Two", "Other"), ("Three", "Other")):
        model, source = factories.model(name=name, vendors=[acme]), pages[title]
        event = factories.event(model=model, kind="retired", date="2027-01-14")
        factories.evidence(event=event, source=source, confidence="vendor")
        if name == "One":
            for host, confidence in (("Cloud", "unverified"), ("Read", "vendor")):
                there = factories.offering(model=model, provider=factories.provider(name=host))
                end = factories.event(offering=there, kind="retired", date="2027-01-14")
                if confidence == "vendor":
                    factories.evidence(event=end, source=source, confidence="vendor")
    tree = html.document_fromstring(client.get(PAGE).content.decode())
    assert [row[2:] for row in rows_of(tree)] == [
        [
            "One",
            "Acme, also Cloud ○, not yet checked at the host, Read",
            "Replacement: none named yet",
            "Source 1",
        ],
        ["Three", "Acme", "Replacement: none named yet", "Source 2"],
        ["Two", "Acme", "Replacement: none named yet", "Source 2"],
    ]
    listed = tree.find_class("sources__item")
    assert [(one.get("id"), one.text_content()[:10]) for one in listed] == [
        ("source-1", "First page"),
        ("source-2", "Other page"),
    ]


@pytest.mark.usefixtures("world")
def test_an_id_without_a_record_is_shown_without_its_provider(client):
    event = factories.event(model=factories.model(name="Last"), kind="retired", date="2027-01-14")
    event.replacement_name = "gemini/gemini-3.1-flash-lite-image"
    event.save()
    tree = html.document_fromstring(client.get(PAGE).content.decode())
    assert [code.text for code in tree.find_class("unlisted")] == ["gemini-3.1-flash-lite-image"]


@pytest.mark.usefixtures("world")
def test_the_page_by_itself_has_the_ends_that_vendors_set_and_counts_both_choices(client):
    assert names(client) == names(client, by="vendor") == ["One"]
    pages = {url: html.document_fromstring(client.get(url).content.decode()) for url in (PAGE, f"{PAGE}?by=any")}
    for url, page in pages.items():
        [choice] = page.find_class("ends-choice")
        links = [(" ".join(link.text_content().split()), link.get("href"), link.get("aria-current")) for link in choice]
        assert links == [
            ("At the vendor (1)", PAGE, "true" if url == PAGE else None),
            ("Also at hosts (3)", "?by=any", None if url == PAGE else "true"),
        ]
    # A calendar of the past still has all, and that of the page what the page has.
    assert pages[PAGE].xpath('//main//a[@href="/catalog/retiring/calendar.ics?by=vendor"]')
    assert pages[f"{PAGE}?by=any"].xpath('//main//a[@href="/catalog/retiring/calendar.ics"]')
    for query, number in (({}, 3), ({"by": "any"}, 3), ({"by": "vendor"}, 1)):
        content = client.get(reverse("catalog:retiring_json"), query).content
        assert len(json.loads(content)["items"]) == number
    addresses = {"by=vendor": PAGE, "by=any&within=6": f"{PAGE}?within=6", "within=6&by=vendor": ""}
    assert {query: client.get(f"{PAGE}?{query}").get("Location", "") for query in addresses} == addresses
    assert client.get(f"{PAGE}?by=nobody").status_code == 400


@pytest.mark.usefixtures("world")
def test_addresses_are_canonical_and_filtered_lists_are_not_indexed(client):
    response = client.get("/catalog/retiring/?provider=&vendor=acme&model=")
    assert response["Location"] == "/catalog/retiring/?vendor=acme"
    page = client.get("/catalog/retiring/?vendor=acme").content.decode()
    assert '<meta name="robots" content="noindex">' in page
    assert "/catalog/retiring/calendar.ics?vendor=acme" in page
    assert "Upcoming retirements: Acme" in page


@pytest.mark.parametrize("query", [{"vendor": "nobody"}, {"provider": "x y"}, {"model": "none"}, {"model": "a b\0"}])
def test_invalid_filters_get_a_sentence_beside_the_field(client, query):
    response = client.get(reverse("catalog:retiring"), query)
    assert response.status_code == 400
    assert b"field__error" in response.content
    assert "The value marked below is unknown, so these are the retirements without this filter." in " ".join(
        html.document_fromstring(response.content.decode()).text_content().split()
    )
    assert client.get(reverse("catalog:retiring_ics"), query).status_code == 400


def unfolded(content: bytes) -> list[str]:
    assert content.endswith(b"\r\n")
    lines = content.split(b"\r\n")[:-1]
    assert all(len(line) <= 75 and b"\n" not in line and b"\r" not in line for line in lines)
    for line in lines:
        line.decode()  # no character is split
    return content.replace(b"\r\n ", b"").decode().split("\r\n")[:-1]


def test_calendar_is_well_formed(client, world):
    response = client.get(reverse("catalog:retiring_ics"))
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    lines = unfolded(response.content)
    assert (lines[0], lines[-1]) == ("BEGIN:VCALENDAR", "END:VCALENDAR")
    assert all(re.match(r"[A-Z-]+(;[A-Z]+=[A-Z]+)?:.", line) for line in lines)
    assert lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT") == 3
    for name in ("UID", "DTSTAMP", "DTSTART", "SUMMARY"):
        assert sum(re.match(f"{name}[:;]", line) is not None for line in lines) == 3 + (name == "DTSTART")
    assert "DTSTART;VALUE=DATE:20270114" in lines
    assert "DTEND;VALUE=DATE:20270115" in lines
    assert {"DTSTART;VALUE=DATE:20270201", "DTEND;VALUE=DATE:20270301"} <= {*lines}, "a month"
    assert any("Three\\, the “last”\\; \\\\ ÄÖÜ" in line for line in lines)
    assert client.get(reverse("catalog:retiring_ics")).content == response.content


def test_empty_calendar_has_a_component():
    assert "BEGIN:VTIMEZONE" in unfolded(calendar("None", "Nothing", []))


@pytest.mark.usefixtures("world")
def test_feeds_have_the_selection_and_the_replacement_that_lasts(client):
    items = json.loads(client.get(reverse("catalog:retiring_json"), {"vendor": "acme"}).content)["items"]
    assert [item["title"] for item in items] == ["One: last day 14 January 2027"]
    assert items[0]["summary"] == (
        "Last day: 14 January 2027 (not yet checked at the vendor or host). By Acme (vendor). Replacement: unknown."
    )
    rss = etree.fromstring(client.get(reverse("catalog:retiring_rss"), {"provider": "host"}).content)
    assert len(rss.findall("channel/item")) == 2
    one, two = AIModel.objects.filter(name__in=["One", "Two"]).order_by("name")
    one.events.update(replaced_by=two)
    factories.event(model=two, kind="retired", date="2027-02-03", replacement_name="Next")
    one.save()
    for form in ("json", "ics"):
        feed = client.get(reverse(f"catalog:retiring_{form}"), {"vendor": "acme"}).content
        text = feed.decode() if form == "json" else "".join(unfolded(feed)).replace("\\,", ",")
        assert "Replacement: Two (itself ends 3 February 2027), then Next." in text


@pytest.mark.usefixtures("world")
def test_page_feeds_and_calendar_say_how_many_ends_are_on_record(client):
    factories.model(name="Four")
    said = "at the vendor or a host for 3 of 4 models. A model that is not listed may retire too."
    for name in ("retiring", "retired", "retiring_rss"):
        assert said in client.get(reverse(f"catalog:{name}")).content.decode(), name
    lines = unfolded(client.get(reverse("catalog:retiring_ics"), {"vendor": "acme"}).content)
    assert any(line.startswith("X-WR-CALDESC:") and said in line for line in lines)


def test_time_left_narrows_the_list_and_begins_with_periods_that_may_be_sooner(client, world):
    factories.event(model=world[1], kind="retired", date="2027")
    factories.event(model=world[1], kind="retired", date="2028-01-01", bound="not_before")
    assert names(client, within="3") == ["Two", "One", "Two"]
    assert names(client, within="6", vendor="acme") == ["One"]
    assert names(client, by="any") == ["Two", "One", "Two", "Three", "Two"]
    response = client.get("/catalog/retiring/?within=7")
    assert response.status_code == 400
    items = json.loads(client.get(reverse("catalog:retiring_json"), {"within": "3"}).content)
    assert "within three months" in items["title"]
    assert len(items["items"]) == 3


def test_ends_without_a_day_come_apart_at_the_end(client):
    for name, date, bound in (("Early", "2027-01-14", "not_before"), ("Later", "2027-03-01", "exact")):
        factories.event(model=factories.model(name=name), kind="retired", date=date, bound=bound)
    tree = html.document_fromstring(client.get("/catalog/retiring/").content.decode())
    months = [month.text_content() for month in tree.find_class("ends__month")]
    assert (names(client), months) == (["Later", "Early"], ["March 2027", "No last day yet, only an earliest one"])


def rows_of(tree) -> list[list[str]]:
    rows = (row.findall("*") for row in tree.find_class("ends__item"))
    return [[" ".join(cell.text_content().split()) for cell in row] for row in rows]


def test_each_retirement_is_a_row_with_its_date_days_left_and_place(client):
    acme = factories.vendor(name="Acme", reference_provider=factories.provider(name="Acme API"))
    for name, place in (("B", acme.reference_provider), ("C", factories.provider(name="Host"))):
        for number in (1, 2):
            model = factories.model(name=f"{name}{number}", vendors=[acme])
            offering = factories.offering(model=model, provider=place)
            event = factories.event(offering=offering, kind="retired", date="2027-01-14")
            if number == 1:
                factories.evidence(event=event, confidence="vendor")
    tree = html.document_fromstring(client.get(f"{PAGE}?by=any").content.decode())
    confirmed, other = "14 January 2027", "14 January 2027 ○, not yet checked at the vendor or host"
    assert [row[:-2] for row in rows_of(tree)] == [
        [confirmed, "51 days left", "B1", "Acme (vendor)"],
        [other, "51 days left", "B2", "Acme (vendor)"],
        [confirmed, "51 days left", "C1", "Host"],
        [other, "51 days left", "C2", "Host"],
    ]
    assert len(tree.find_class("ends__where--own")) == 2
    page = html.document_fromstring(client.get(PAGE).content.decode())
    assert {where.text_content() for where in page.find_class("ends__where--own")} == {"Acme"}, "(vendor) is plain"
    assert "Plan these moves" in tree.get_element_by_id("call").text_content()


def test_models_that_one_host_ends_on_one_day_without_replacements_are_one_row(client):
    host, heir = factories.provider(name="Host"), factories.model(name="Heir")
    for name in ("A", "B", "C", "Led", "Own"):
        model = factories.model(name=name, vendors=[factories.vendor(name=f"Maker of {name}")])
        offering = factories.offering(model=model, provider=host)
        of = {"model": model} if name == "Own" else {"offering": offering}
        factories.event(**of, kind="retired", date="2027-01-14", replaced_by=heir if name == "Led" else None)
    tree = html.document_fromstring(client.get(f"{PAGE}?by=any").content.decode())
    assert [row[2:-1] for row in rows_of(tree)] == [
        ["Own", "Maker of Own (vendor)", "Replacement: none named yet"],
        ["Host ends 3 models: A B C", "Replacement: none named yet"],
        ["Led", "Host", "Replacement: Heir"],
    ]
    assert [link.text_content() for link in tree.find_class("ends__one")] == ["A", "B", "C"]
    assert "5 retirements at vendors and hosts: 0 of them within 30 days." in tree.text_content()
    assert "We read 0 of the 5 last days at the vendor or host; the others carry ○." in tree.text_content()
    [subscribe] = tree.xpath('//p[@class="next-steps"]/a[text()="Calendar feed"]/@href')
    assert subscribe.startswith("/catalog/retiring/calendar.ics")


def test_replacements_that_are_ids_look_like_ids(client):
    for name in ("gpt-6-sol", "Claude Opus 6"):
        factories.event(model=factories.model(), kind="retired", date="2027-01-14", replacement_name=name)
    tree = html.document_fromstring(client.get("/catalog/retiring/").content.decode())
    assert sorted((one.tag, one.text_content()) for one in tree.find_class("unlisted")) == [
        ("code", "gpt-6-sol"),
        ("span", "Claude Opus 6"),
    ]


def test_links_to_months_count_the_whole_list_and_lead_to_the_page_where_a_month_begins(client):
    months = (("01", 31), ("02", 28), ("03", 1))
    for on in [f"2027-{month}-{day:02}" for month, days in months for day in range(1, days + 1)]:
        factories.event(model=factories.model(), kind="retired", date=on)
    factories.event(model=factories.model(), kind="retired", date="2028-05-14")
    tree = html.document_fromstring(client.get("/catalog/retiring/").content.decode())
    links = tree.find_class("ends-months__bar")
    shown = [(" ".join(link.text_content().split()), link.get("href")) for link in links]
    assert [one for one in shown if one[1]] == [
        ("31 J Jan 2027", "/catalog/retiring/#month-2027-01"),
        ("28 F Feb 2027", "/catalog/retiring/#month-2027-02"),
        ("1 M Mar 2027", "/catalog/retiring/?page=2#month-2027-03"),
        ("1 + Later", "/catalog/retiring/?page=2#month-2028-05"),
    ]
    assert shown[0] == ("0 N Nov 2026", None)
    assert (len(shown), shown[-2]) == (13, ("0 O Oct 2027", None))
    assert [bar.find("svg").get("height") for bar in links if bar.get("href")] == ["96", "87", "3", "3"]
    assert b'id="month-2027-03"' in client.get("/catalog/retiring/?page=2").content


def test_days_left_stand_out_in_the_last_month(client):
    for on in ("2026-11-25", "2026-12-24", "2026-12-25"):
        factories.event(model=factories.model(), kind="retired", date=on)
    tree = html.document_fromstring(client.get("/catalog/retiring/").content.decode())
    assert [row[1] for row in rows_of(tree)] == ["1 day left", "30 days left", "31 days left"]
    assert len(tree.xpath("//td[contains(@class, 'ends__left--soon')]")) == 2
    november, december = tree.find_class("ends-months__near")
    assert [one.get("height") for one in (november, november.getparent())] == ["48", "48"]
    assert [one.get("height") for one in (december, december.getparent())] == ["48", "96"]
    assert len(tree.find_class("ends-months__bar")) == 2, "the axis ends with the last month"


def test_past_retirements_have_a_page_of_their_own(client, world):
    factories.event(model=world[1], kind="retired", date="2026-10-01")
    tree = html.document_fromstring(client.get(f"{PAGE}?by=any").content.decode())
    assert len(rows_of(tree)) == 3
    assert tree.xpath('//main//a[@href="/catalog/retiring/past/"]')
    [alone] = rows_of(html.document_fromstring(client.get("/catalog/retiring/past/").content.decode()))
    assert alone[:2] == ["1 October 2026 ○, not yet checked at the vendor or host", "Two"]


def test_front_page_names_the_next_retirement_of_each_vendor_by_itself():
    own, cloud = factories.provider(name="Own"), factories.provider(name="Cloud")
    acme = factories.vendor(name="Acme", reference_provider=own)
    other = factories.vendor(name="Other")
    for name, vendor, date in (("Later", acme, "2027-01-03"), ("Next", acme, "2027-01-01"), ("Else", other, "2027-02")):
        factories.event(model=factories.model(name=name, vendors=[vendor]), kind="retired", date=date)
    hosted = factories.model(name="Hosted", vendors=[factories.vendor(name="Third")])
    factories.event(offering=factories.offering(model=hosted, provider=cloud), kind="retired", date="2026-12-01")
    factories.event(model=factories.model(name="Same day", vendors=[acme]), kind="retired", date="2027-01-01")
    found = [(end.entry.name, end.days_left, len(end.models)) for end in next_retirements(5)]
    assert found == [("Next", 38, 2), ("Else", None, 1)]
    shown = render_to_string("catalog/_next_ends.html", {"ends": next_retirements(5)})
    assert (shown.count(", not yet checked at the vendor or host<"), shown.count("lists by others")) == (2, 1)
