"""May this file go to a customer, and as what? Judged by its first bytes; its name and the type a browser claims count for nothing."""

from dataclasses import dataclass

from flows.refusal import Refusal, invalid

MOST_BYTES = 16 * 1024 * 1024  # WhatsApp's own limit for pictures and films.


@dataclass(frozen=True, slots=True, kw_only=True)
class FileKind:
    """kind is the message's, call WAHA's endpoint."""

    kind: str
    call: str
    mimetype: str
    suffix: str


JPEG = FileKind(kind="image", call="sendImage", mimetype="image/jpeg", suffix=".jpg")
PNG = FileKind(kind="image", call="sendImage", mimetype="image/png", suffix=".png")
PDF = FileKind(kind="document", call="sendFile", mimetype="application/pdf", suffix=".pdf")
MP4 = FileKind(kind="video", call="sendVideo", mimetype="video/mp4", suffix=".mp4")
_BEGINNINGS = (
    (0, b"\xff\xd8\xff", JPEG),
    (0, b"\x89PNG\r\n\x1a\n", PNG),
    (0, b"%PDF-", PDF),
    (4, b"ftyp", MP4),
)


def kind_of(content: bytes) -> FileKind | None:
    """What the file is; None for everything that we do not send."""
    for at, beginning, kind in _BEGINNINGS:
        if content[at : at + len(beginning)] == beginning:
            return kind
    return None


def refuse_file(content: bytes) -> Refusal | None:
    if len(content) > MOST_BYTES:
        return invalid("file", "A file may have 16 MB at most.")
    if kind_of(content) is None:
        return invalid("file", "Only pictures (JPEG, PNG), PDF and MP4 can be sent.")
    return None


def file_name(claimed: str, kind: FileKind) -> str:
    """The name without any folder, with the suffix that the content deserves."""
    plain = claimed.replace("\\", "/").rpartition("/")[2].strip().lstrip(".")
    clean = "".join(letter for letter in plain if letter.isprintable())[:120]
    stem, dot, suffix = clean.rpartition(".")
    is_right = f".{suffix.lower()}" in (kind.suffix, ".jpeg" if kind is JPEG else kind.suffix)
    if dot and is_right:
        return clean
    return f"{(stem if dot else clean) or 'berkas'}{kind.suffix}"
