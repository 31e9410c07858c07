import pytest

from ops.http.encodings import preferred_encoding
from tests import factories
from tests.catalog.factories import model


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip", "gzip"),
        ("GZIP;Q=0.5", "gzip"),
        ("gzip;q=0.5, br;q=0.5", "br"),
        ("br;q=0, gzip", "gzip"),
        ("br;q=0.000, gzip;q=0", ""),
        ("*;q=0", ""),
        ("identity;q=0", ""),
        ("deflate", ""),
        ("", ""),
        ("br\tgzip", ""),
        (",,;;q=,br", "br"),
        ("é" * 5_000, ""),
        ("identity;q=1, gzip;q=0", ""),
        ("gzip; Q=0", ""),
        ("gzip ;\tq = 0.0 , identity", ""),
        ("gzip;q=0, *;q=1", "br"),
        ("*", "br"),
        ("gzip;q=0.8, br;q=0.2", "gzip"),
        ("identity, gzip;q=0.5", ""),
        ("identity;q=0.5, gzip", "gzip"),
        ("gzip;q=2", "gzip"),
    ],
)
def test_best_encoding_that_is_accepted(accepted, encoding):
    assert preferred_encoding(accepted, ("br", "gzip")) == encoding


@pytest.mark.parametrize("path", ["/articles/", "/api/v1/models/", "/api/v1/export/", "/api/v1/openapi.json"])
@pytest.mark.parametrize(
    ("accepted", "encoding"), [("gzip;q=0", None), ("identity;q=1, gzip;q=0", None), ("gzip;q=0.1", "gzip")]
)
def test_a_coding_that_is_refused_is_not_sent(accepted, encoding, path, client, db):
    for number in range(5):
        factories.article(title=f"Article {number}")
        model(name=f"Model {number}")
    response = client.get(path, headers={"Accept-Encoding": accepted})
    assert response.status_code == 200
    assert response.headers.get("Content-Encoding") == encoding
