"""What the site says of the firm: nothing that nobody confirmed, and everywhere the same once it is. Stage: test."""

import json
import re

from lxml import html

from articles.models import Article, ArticleKind, Author
from articles.models.author import AuthorKind
from publishing.content.registry import publishable_models
from publishing.pages.json_ld import ORGANIZATION_ID
from publishing.site.models import SiteSettings
from tests import factories
from tests.example_firm import FIRM
from tests.publishing.admin.test_site_settings import CHANGE, form_of

UNCONFIRMED = {"@type", "@id", "name", "url", "description"}  # of the organisation
DETAILS = {"Legal name", "Register entry", "VAT number", "Post", "Phone", "Company"}
# A claim of the firm: the starter says “we claim no certificate”, and that a vendor has one.
CLAIM = re.compile(
    r"\b(?:we|our firm|our company) (?:are|is|hold|have|has|hold an?|were)\b[^.]{0,60}"
    r"\b(?:certif\w+|accredit\w+|ISO ?\d+|SOC ?2|insured|insurance|registered)\b",
    re.IGNORECASE,
)


def addresses(client) -> set[str]:
    """Return the paths of all sitemaps, of the pages of models one for each template, and of pages in no sitemap."""
    files = re.findall(r"<loc>[^<]*?(/sitemap\.xml\?[^<]*)</loc>", client.get("/sitemap.xml").text)
    texts = [client.get(html.fromstring(f"<p>{file}</p>").text).text for file in files]
    paths = {path for text in texts for path in re.findall(r"<loc>https?://[^/<]*([^<]*)</loc>", text)}
    # Pages of the catalogue that share a template say the same of the firm.
    by_kind = {path.strip("/").split("/")[1]: path for path in paths if re.fullmatch("/catalog/[^/]+/[^/]+/", path)}
    paths = {path for path in paths if not re.fullmatch("/catalog/[^/]+/[^/]+/", path)} | set(by_kind.values())
    lists = {page.address for model in publishable_models() for page in model.lists() if page.address}
    return paths | lists | {"/imprint/", "/search/?q=insurance", "/no-such-page/"}


def organization_of(tree) -> dict:
    (script,) = tree.xpath("//script[@type='application/ld+json']/text()")
    (node,) = [node for node in json.loads(script)["@graph"] if node.get("@id") == ORGANIZATION_ID]
    return node


def facts_of(client, path: str, css: str) -> dict[str, str]:
    """Return the terms of the lists of this class on the page, each with its value on one line."""
    tree = html.fromstring(client.get(path).content)
    terms = tree.xpath(f"//dl[@class='{css}']//dt")
    return {term.text_content(): " ".join(" ".join(term.getnext().itertext()).split()) for term in terms}


def test_no_page_of_a_new_site_states_of_the_firm_what_nobody_confirmed(client, starter_content):
    paths, problems = addresses(client), []
    assert {"/", "/about/", "/services/custom-ai-systems/", "/faq/how-do-we-start/"} <= paths
    for path in sorted(paths):
        page = client.get(path).content
        tree = html.fromstring(page)
        words = " ".join(tree.text_content().split())
        stated = {term.text_content().strip() for term in tree.iter("dt")} & DETAILS
        reached = tree.xpath("//a[starts-with(@href, 'mailto:') or starts-with(@href, 'tel:')]/@href")
        nodes = set(organization_of(tree)) - UNCONFIRMED if path != "/no-such-page/" else set()
        people = b'"@type": "Person"' in page or b'"@type":"Person"' in page
        marks = len(tree.find_class("example-mark"))
        claims = CLAIM.findall(words)
        if stated or reached or nodes or people or claims or marks != 1:
            problems.append((path, stated, reached, nodes, people, claims, marks))
    assert not problems


def test_the_starter_invents_neither_people_nor_clients(starter_content):
    assert not Author.objects.exclude(kind=AuthorKind.DESK).exists()
    assert not Article.objects.filter(kind=ArticleKind.CASE_STUDY, is_worked_example=False).exists()
    assert not SiteSettings.objects.current().legal_line


def test_a_claim_of_a_certificate_would_be_found():
    for words in (
        "We are certified to ISO 27001",
        "We hold a SOC 2 report",
        "we are insured",
        "Our firm is registered",
    ):
        assert CLAIM.search(words)
    assert not CLAIM.search("It is a way of working, and we claim no certificate for it")


def test_pages_and_structured_data_agree_on_a_confirmed_firm(client, starter_content):
    client.force_login(factories.administrator())
    assert client.post(CHANGE, form_of(**FIRM, confirms="on")).status_code == 302
    client.logout()
    address, entry = "1 Example Street Exampleton EX1 1AA", "Example Register 00000000"
    about, imprint, privacy = (facts_of(client, f"/{slug}/", "facts") for slug in ("about", "imprint", "privacy"))
    assert about == imprint
    assert privacy.items() > about.items()
    assert about.items() >= {
        ("Legal name", FIRM["legal_name"]),
        ("Address", address),
        ("Register entry", entry),
        ("VAT number", FIRM["vat_number"]),
        ("Email", FIRM["email"]),
        ("Phone", FIRM["phone"]),
    }
    assert (privacy["Hosting and logs"], privacy["Data protection"]) == (FIRM["hosting"], FIRM["data_protection"])
    contact = facts_of(client, "/contact/", "about")
    assert contact["Company"] == f"{FIRM['legal_name']} · {entry} · VAT number {FIRM['vat_number']}"
    assert (contact["Email"], contact["Phone"], contact["Post"]) == (about["Email"], about["Phone"], address)
    for path in ("/", "/about/", "/imprint/", "/privacy/", "/contact/"):
        page = client.get(path).content
        tree = html.fromstring(page)
        assert not tree.find_class("example-mark"), path
        assert "Not stated yet" not in tree.text_content(), path
        company = organization_of(tree)
        assert company["name"] == FIRM["name"]
        assert (company["legalName"], company["address"]) == (about["Legal name"], address)
        assert (company["vatID"], company["identifier"]["value"]) == (about["VAT number"], FIRM["register_number"])
        assert (company["contactPoint"]["email"], company["contactPoint"]["telephone"]) == (
            about["Email"],
            about["Phone"],
        )
    assert f"{FIRM['controller']} is responsible" in client.get("/privacy/").text
    assert FIRM["certificates"] in client.get("/faq/which-certificates-do-you-hold/").text
    assert client.get("/faq/are-you-insured/").status_code == 404
