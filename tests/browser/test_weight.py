"""The size of a first visit, measured in the browser on the running site with its starter content."""

import pytest

from tests.config.running import Site

pytestmark = pytest.mark.browser

MOST_HTML_BYTES = 40_000
MOST_BYTES = 200_000
MOST_REQUESTS = 14


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with Site(tmp_path_factory.mktemp("weight") / "var") as site:
        yield site


@pytest.mark.parametrize("path", ["/", "/articles/", "/articles/generative-ai-and-llms/", "/faq/what-is-a-token/"])
def test_a_first_visit_is_light_and_stays_on_the_site(path, site, chromium):
    context = chromium.new_context(base_url=f"http://127.0.0.1:{site.port}")
    page = context.new_page()
    network = context.new_cdp_session(page)
    addresses, sizes = {}, {}
    network.on(
        "Network.responseReceived", lambda event: addresses.update({event["requestId"]: event["response"]["url"]})
    )
    network.on("Network.loadingFinished", lambda e: sizes.update({e["requestId"]: e["encodedDataLength"]}))
    network.send("Network.enable")
    page.goto(path, wait_until="networkidle")
    context.close()
    assert sizes.keys() >= addresses.keys()
    bytes_by_address = {address: sizes[number] for number, address in addresses.items()}
    assert all(address.startswith(f"http://127.0.0.1:{site.port}/") for address in bytes_by_address)
    assert 1_000 < bytes_by_address[f"http://127.0.0.1:{site.port}{path}"] <= MOST_HTML_BYTES
    assert len(addresses) <= MOST_REQUESTS, bytes_by_address
    assert sum(sizes.values()) <= MOST_BYTES, bytes_by_address
