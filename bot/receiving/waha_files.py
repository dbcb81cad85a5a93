"""May this file be fetched, and from where? A media address comes from outside, so only WAHA's own file store is ever asked.

WAHA writes its own idea of its host into the address; we keep the path and put the configured origin before it.
"""

from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

FILES = "/api/files/"
MAX_FILE_BYTES = 16 * 1024 * 1024  # As much as a webhook body may have; a phone's photograph has 2 to 5 MiB.
MAX_NAME = 255
PDF = "application/pdf"
ACTIVE_IMAGES = ("image/svg+xml",)  # An SVG is a document with scripts, not a photograph.


def own_path(url: str) -> str | None:
    """The path below WAHA's own address, None for an address that is not in its file store."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    path = parts.path
    # Whatever could leave the store once it is decoded, by us or by a proxy, is refused rather than mended.
    if parts.scheme not in ("http", "https") or "\\" in path or "%" in unquote(path):
        return None
    before, found, inside = path.partition(FILES)
    steps = unquote(inside).split("/")
    if not found or before.count("/") > 1 or any(step in ("", ".", "..") for step in steps):
        return None
    return FILES + inside


def is_wanted(mimetype: str) -> bool:
    """Pictures and PDFs: transfer proofs, passports, tickets."""
    kind = mimetype.partition(";")[0].strip().lower()
    return kind == PDF or (kind.startswith("image/") and kind not in ACTIVE_IMAGES)


def name_of(path: str) -> str:
    """The file's name in the store, for staff to recognise."""
    return unquote(PurePosixPath(path).name)[-MAX_NAME:]
