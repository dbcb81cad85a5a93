"""The desk's small rules: until when something is put off, which files may go out, which blanks a prepared answer has."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from flows.attachments import JPEG, MOST_BYTES, MP4, PDF, PNG, FileKind, file_name, kind_of, refuse_file
from flows.canned import blanks_of, known_blanks
from flows.domain import Package
from flows.snooze import LONGEST, Snooze, refuse_moment, snooze_end

JAKARTA = ZoneInfo("Asia/Jakarta")
FRIDAY = datetime(2027, 1, 8, 15, 30, tzinfo=JAKARTA)
MONDAY = datetime(2027, 1, 11, 7, 0, tzinfo=JAKARTA)


@pytest.mark.parametrize(
    ("choice", "now", "until"),
    [
        pytest.param(Snooze.REPLY, FRIDAY, None, id="until the customer writes"),
        pytest.param(Snooze.HOUR, FRIDAY, FRIDAY + timedelta(hours=1), id="an hour"),
        pytest.param(Snooze.TOMORROW, FRIDAY, datetime(2027, 1, 9, 8, tzinfo=JAKARTA), id="tomorrow morning"),
        pytest.param(Snooze.NEXT_WEEK, FRIDAY, datetime(2027, 1, 11, 8, tzinfo=JAKARTA), id="monday morning"),
        pytest.param(
            Snooze.NEXT_WEEK, MONDAY, datetime(2027, 1, 18, 8, tzinfo=JAKARTA), id="not this monday"
        ),
        pytest.param(Snooze.CUSTOM, FRIDAY, MONDAY, id="as chosen"),
    ],
)
def test_until_when_it_is_put_off(choice: Snooze, now: datetime, until: datetime | None) -> None:
    assert snooze_end(choice, now, MONDAY) == until


@pytest.mark.parametrize(
    ("moment", "is_refused"),
    [
        pytest.param(FRIDAY + timedelta(minutes=1), False, id="soon"),
        pytest.param(None, False, id="until a reply"),
        pytest.param(FRIDAY, True, id="now"),
        pytest.param(FRIDAY - timedelta(days=1), True, id="yesterday"),
        pytest.param(FRIDAY + LONGEST + timedelta(minutes=1), True, id="out of memory"),
    ],
)
def test_a_moment_for_later_lies_ahead_and_near(moment: datetime | None, is_refused: bool) -> None:
    assert (refuse_moment(moment, FRIDAY, "until") is not None) == is_refused


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        pytest.param(b"\xff\xd8\xff\xe0rest", JPEG, id="jpeg"),
        pytest.param(b"\x89PNG\r\n\x1a\nrest", PNG, id="png"),
        pytest.param(b"%PDF-1.7", PDF, id="pdf"),
        pytest.param(b"\x00\x00\x00\x18ftypmp42", MP4, id="mp4"),
        pytest.param(b"<html><script>", None, id="a page that calls itself a picture"),
        pytest.param(b"MZ\x90\x00", None, id="a program"),
        pytest.param(b"<svg xmlns=", None, id="an svg, which can hold scripts"),
        pytest.param(b"", None, id="nothing"),
    ],
)
def test_a_file_is_what_its_first_bytes_say(content: bytes, kind: FileKind | None) -> None:
    assert kind_of(content) == kind
    assert (refuse_file(content) is None) == (kind is not None)


def test_a_file_may_not_be_larger_than_whatsapp_takes() -> None:
    assert refuse_file(b"%PDF-" + b"x" * (MOST_BYTES - 5)) is None
    assert refuse_file(b"%PDF-" + b"x" * (MOST_BYTES - 4)) is not None


@pytest.mark.parametrize(
    ("claimed", "kind", "name"),
    [
        pytest.param("brosur.pdf", PDF, "brosur.pdf", id="as it is"),
        pytest.param("C:\\Dokumen\\bukti.JPEG", JPEG, "bukti.JPEG", id="without the folder"),
        pytest.param("../../etc/passwd", PDF, "passwd.pdf", id="not out of here"),
        pytest.param("gambar.exe", PNG, "gambar.png", id="the suffix it deserves"),
        pytest.param("", MP4, "berkas.mp4", id="nameless"),
    ],
)
def test_a_files_name(claimed: str, kind: FileKind, name: str) -> None:
    assert file_name(claimed, kind) == name


def test_blanks_come_once_in_the_order_of_the_text() -> None:
    assert blanks_of("Halo {{nama}}, DP {{ paket }} untuk {{nama}}: {{jumlah dp}}") == (
        "nama",
        "paket",
        "jumlah dp",
    )
    assert blanks_of("Tanpa isian { } {{}}") == ()


def test_what_is_known_is_not_asked_for() -> None:
    hemat = Package(
        code="H", name="Umroh Maret 2027 Hemat", price=25_000_000, departure_date=date(2027, 3, 15)
    )
    assert known_blanks("Budi", "Sari Harahap", hemat, "id") == {
        "nama": "Budi",
        "petugas": "Sari Harahap",
        "paket": hemat.name,
        "harga": "Rp 25.000.000",
        "berangkat": "15 Maret 2027",
    }
    assert known_blanks("Budi", "Sari", hemat, "en")["berangkat"] == "15 March 2027"
    assert known_blanks(None, "Sari", None, "id") == {"petugas": "Sari"}
