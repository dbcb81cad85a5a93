"""Only WAHA's own file store is ever asked, and only for pictures and PDFs."""

import pytest

from bot.receiving.waha_files import is_wanted, own_path

ADDRESSES = [
    ("http://localhost:3000/api/files/default/a.jpeg", "/api/files/default/a.jpeg"),
    ("https://elsewhere.example/api/files/default/a.jpeg", "/api/files/default/a.jpeg"),
    ("http://waha/proxied/api/files/default/a%20b.pdf", "/api/files/default/a%20b.pdf"),
    ("http://waha:3000/api/files/default/a.jpeg?x-api-key=1#f", "/api/files/default/a.jpeg"),
    ("https://s3.example/waha/default/a.jpeg?X-Amz-Signature=x", None),
    ("http://169.254.169.254/latest/meta-data", None),
    ("http://waha:3000/api/files/../sessions", None),
    ("http://waha:3000/api/files/%2e%2e/sessions", None),
    ("http://waha:3000/api/files/%252e%252e/sessions", None),
    ("http://waha:3000/api/files/default%2f..%2f..%2fsessions", None),
    ("http://waha:3000/api/files//etc/passwd", None),
    ("http://waha:3000/api/files/a\\b", None),
    ("http://waha:3000/api/files/", None),
    ("http://waha:3000/a/b/c/api/files/x.jpg", None),
    ("file:///api/files/default/a.jpeg", None),
    ("ftp://waha/api/files/default/a.jpeg", None),
    ("//waha/api/files/default/a.jpeg", None),
    ("http://[broken/api/files/a", None),
    ("", None),
]


@pytest.mark.parametrize(("url", "path"), ADDRESSES, ids=[row[0] or "nothing" for row in ADDRESSES])
def test_an_address_is_reduced_to_its_place_in_wahas_store_or_refused(url: str, path: str | None) -> None:
    assert own_path(url) == path


TYPES = [
    ("image/jpeg", True),
    ("IMAGE/PNG; x=1", True),
    ("application/pdf", True),
    ("image/svg+xml", False),
    ("text/html", False),
    ("application/octet-stream", False),
    ("video/mp4", False),
]


@pytest.mark.parametrize(("mimetype", "wanted"), TYPES, ids=[row[0] for row in TYPES])
def test_pictures_and_pdfs_are_wanted(mimetype: str, wanted: bool) -> None:
    assert is_wanted(mimetype) is wanted
