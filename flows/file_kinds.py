"""What kind of file is this really? By its first bytes; its name and the type a browser claims count for nothing."""

MEGABYTE = 1024 * 1024
# As large as WhatsApp takes: pictures 5 MB, films 16 MB; papers go up to 100 there, but nobody waits for that on a phone.
LARGEST = {
    "image/jpeg": 5 * MEGABYTE,
    "image/png": 5 * MEGABYTE,
    "image/webp": 5 * MEGABYTE,
    "application/pdf": 12 * MEGABYTE,
    "video/mp4": 15 * MEGABYTE,
}
ENDINGS = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
    "application/pdf": ".pdf",
    "video/mp4": ".mp4",
}
_SHORTEST = 12  # Bytes that any of these begins with.
_FILM_BRANDS = (
    b"isom",
    b"iso2",
    b"iso4",
    b"iso5",
    b"iso6",
    b"mp41",
    b"mp42",
    b"avc1",
    b"M4V ",
    b"MSNV",
    b"dash",
)


def kind_of(content: bytes) -> str | None:
    """The type of a picture, PDF or film that WhatsApp shows, None for anything else.

    >>> kind_of(b"%PDF-1.7\\n%....")
    'application/pdf'
    """
    head = content[:_SHORTEST]
    if len(head) < _SHORTEST:
        return None
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head.startswith(b"%PDF-"):
        return "application/pdf"
    if head[4:8] == b"ftyp" and head[8:12] in _FILM_BRANDS:
        return "video/mp4"
    return None
