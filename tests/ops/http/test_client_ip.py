from ipaddress import ip_network

import pytest

from ops.http.client_ip import client_address


@pytest.mark.parametrize(
    ("caller", "forwarded", "address"),
    [
        ("203.0.113.9", "", "203.0.113.9"),
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),  # not written by one of our proxies
        ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "1.1.1.1, 198.51.100.1", "198.51.100.1"),  # the client invented the first
        ("10.0.0.1", "1.1.1.1, 198.51.100.1, 10.0.0.2", "198.51.100.1"),
        ("10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "198.51.100.1, nonsense", "10.0.0.1"),
        ("10.0.0.1", "<script>, 198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", " 2001:db8::7 ", "2001:db8::7"),
        ("::ffff:10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("::ffff:203.0.113.9", "198.51.100.1", "203.0.113.9"),
        ("", "198.51.100.1", ""),
    ],
)
def test_forwarded_address_is_believed_as_far_as_our_proxies_wrote_it(rf, settings, caller, forwarded, address):
    settings.TRUSTED_PROXIES = [ip_network("10.0.0.0/8")]
    headers = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}
    assert client_address(rf.get("/", REMOTE_ADDR=caller, **headers)) == address


def test_without_trusted_proxies_the_caller_is_the_asker(rf):
    assert client_address(rf.get("/", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR="1.1.1.1")) == "10.0.0.1"


def test_list_of_thousands_of_addresses_is_no_problem(rf, settings):
    settings.TRUSTED_PROXIES = [ip_network("10.0.0.0/8")]
    forwarded = ", ".join(["10.0.0.2"] * 5000)
    assert client_address(rf.get("/", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR=forwarded)) == "10.0.0.2"
