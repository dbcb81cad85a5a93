"""Hours as people type them, and what a file really is."""

import pytest

from flows.file_kinds import kind_of
from flows.hours_text import frames_of, hours_words


@pytest.mark.parametrize(
    ("typed", "frames"),
    [
        pytest.param("08.00-17.00", [(480, 1020)], id="one frame"),
        pytest.param("8-12, 13:30 - 17", [(480, 720), (810, 1020)], id="with a break"),
        pytest.param("08.00 s/d 12.00 dan 13.00 sampai 17.00", [(480, 720), (780, 1020)], id="in words"),
        pytest.param("00.00-24.00", [(0, 1440)], id="the whole day"),
        pytest.param("tutup", [], id="closed"),
        pytest.param("", [], id="nothing"),
    ],
)
def test_hours_are_read_as_people_type_them(typed: str, frames: list[tuple[int, int]]) -> None:
    read = frames_of(3, typed)
    assert [(frame.opens, frame.closes) for frame in read] == frames
    assert frames_of(3, hours_words(read, 3)) == read


@pytest.mark.parametrize("typed", ["pagi", "17-8", "8-25", "8.60-9", "8-12, 11-17", "8"])
def test_hours_that_are_none_are_refused(typed: str) -> None:
    with pytest.raises(ValueError, match=r"hours|opens|minutes"):
        frames_of(0, typed)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        pytest.param(b"\xff\xd8\xff\xe0" + b"x" * 20, "image/jpeg", id="photo"),
        pytest.param(b"\x89PNG\r\n\x1a\n" + b"x" * 20, "image/png", id="png"),
        pytest.param(b"RIFFxxxxWEBPVP8 ", "image/webp", id="webp"),
        pytest.param(b"%PDF-1.7\n%xxxxxx", "application/pdf", id="pdf"),
        pytest.param(b"\x00\x00\x00\x20ftypisom\x00\x00", "video/mp4", id="film"),
        pytest.param(b"<html><script>alert(1)</script>", None, id="a page"),
        pytest.param(b"<svg xmlns='http://www.w3.org/2000/svg'>", None, id="a drawing with scripts"),
        pytest.param(b"MZ\x90\x00" + b"x" * 20, None, id="a program"),
        pytest.param(b"RIFFxxxxWAVEfmt ", None, id="a sound"),
        pytest.param(b"\xff\xd8\xff", None, id="only the beginning of one"),
        pytest.param(b"", None, id="nothing"),
    ],
)
def test_a_file_is_what_its_bytes_say(content: bytes, kind: str | None) -> None:
    assert kind_of(content) == kind
