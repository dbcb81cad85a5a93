"""Files as people save them: what can be read is read alike, what cannot is refused by row."""

import gzip
from pathlib import Path

import pytest

from ml.train.lines import read_lines, read_ours
from ml.train.purchases import read_purchases
from ml.train.sheet import WrongRows, opened, plain_number

PLAIN = "nama,belanja\nBudi,12.5\nSari,1000\n"
READ = [("Budi", "12.5"), ("Sari", "1000")]


def write(folder: Path, content: bytes, name: str = "data.csv") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    "content",
    [
        PLAIN.encode(),
        PLAIN.encode("utf-8-sig"),
        PLAIN.replace("\n", "\r\n").encode(),
        PLAIN.replace("\n", "\n\n").encode(),
        PLAIN.rstrip("\n").encode(),
        PLAIN.replace(",", ";").encode(),
        PLAIN.replace(",", "\t").encode("utf-16"),
        PLAIN.replace(",", "|").encode(),
        b"sep=;\n" + PLAIN.replace(",", ";").encode(),
        b"nama;belanja\nBudi;12,5\nSari;1.000\n",
        b' nama ,"belanja"\n"Budi","12.5"\n"Sari",1000\n',
        b"nama,belanja,,\nBudi,12.5,,\nSari,1000,,\n",
    ],
    ids=[
        "plain",
        "mark",
        "CRLF",
        "empty lines",
        "no last line end",
        "semicolons",
        "Excel's Unicode text",
        "bars",
        "Excel's sep=",
        "decimal commas",
        "quotes and blanks",
        "empty columns",
    ],
)
def test_the_same_table_is_read_however_it_was_saved(tmp_path: Path, content: bytes) -> None:
    lines = read_lines(write(tmp_path, content), ["nama", "belanja"]).lines
    assert [(line["nama"], line["belanja"]) for _, line in lines] == READ


def test_a_zipped_file_is_read(tmp_path: Path) -> None:
    with opened(write(tmp_path, gzip.compress(PLAIN.encode()), "data.csv.gz")) as sheet:
        assert [cells for _, cells in sheet.rows] == [["Budi", "12.5"], ["Sari", "1000"]]


@pytest.mark.parametrize(
    ("content", "name", "because"),
    [
        (b"nama,belanja\nJos\xe9,1\n", "a.csv", r"row 2 holds a letter in another encoding \(byte 0xe9\)"),
        (b"nama,belanja,nama\nBudi,1,2\n", "a.csv", "has the column nama more than once"),
        (b"Nama,belanja,nama\nBudi,1,2\n", "a.csv", "has the column nama more than once"),
        (
            b"nama,belanja\nBudi,1\nSari,1,500\n",
            "a.csv",
            "row 3 has 3 cells, the first row 2; the cell '500'",
        ),
        (b"nama\nBudi\n", "a.csv", "lacks in its first row: column belanja"),
        (b"nama,belanja\n", "a.csv", "has no rows"),
        (b"", "a.csv", "lacks in its first row: column nama, column belanja"),
        (b"nama,belanja\nBudi,1\n", "a.csv.gz", "cannot be read as a CSV"),
        (gzip.compress(PLAIN.encode())[:-12], "a.csv.gz", "cannot be read as a CSV"),
        (b'nama,belanja\n"' + b"x" * 1_000_002 + b"\n", "a.csv", "field larger than field limit"),
    ],
    ids=[
        "latin-1",
        "doubled",
        "doubled but for case",
        "too many cells",
        "lacking",
        "head only",
        "empty",
        "not zipped",
        "cut off",
        "open quote",
    ],
)
def test_what_cannot_be_read_is_refused_in_one_sentence(
    tmp_path: Path, content: bytes, name: str, because: str
) -> None:
    with pytest.raises(WrongRows, match=because):
        read_lines(write(tmp_path, content, name), ["nama", "belanja"])


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("12,5", "12.5"),
        ("-1.250,75", "-1250.75"),
        ("1.250", "1250"),
        ("0.804", "0.804"),
        ("12.5", "12.5"),
        ("Jl. Asia 1,5", "Jl. Asia 1,5"),
        ("", ""),
    ],
)
def test_a_number_with_a_decimal_comma_becomes_plain(cell: str, number: str) -> None:
    assert plain_number(cell) == number


def test_a_point_is_a_decimal_point_where_the_file_shows_it(tmp_path: Path) -> None:
    path = write(tmp_path, b"nama;belanja\nBudi;1.250\nSari;0.5\n")
    assert [line["belanja"] for _, line in read_lines(path, ["belanja"]).lines] == ["1.250", "0.5"]


def test_columns_go_by_the_files_names_where_they_are_said(tmp_path: Path) -> None:
    path = write(tmp_path, b"Pesan;niat\nhalo;greeting\n")
    rows = read_ours(path, ("text", "intent"), ("voice",), {"text": "pesan", "intent": "niat"})
    assert rows == [(2, {"text": "halo", "intent": "greeting"})]
    with pytest.raises(WrongRows, match="There is no column pesan to map; ours are text, intent, voice"):
        read_ours(path, ("text", "intent"), ("voice",), {"pesan": "text"})


def test_purchases_go_by_the_files_names_and_dates(tmp_path: Path) -> None:
    path = write(tmp_path, b"Pembeli;Kode;Tanggal;Qty\n7;A;31/01/2027 10:15;1\n7;B;2027-02-01;2,5\n")
    names = {"customer": "pembeli", "product_code": "kode", "InvoiceDate": "tanggal", "quantity": "qty"}
    found = read_purchases(path, "product", columns=names)
    assert [(p.customer, p.product, p.day.isoformat()) for p in found] == [
        ("7", "A", "2027-01-31"),
        ("7", "B", "2027-02-01"),
    ]
    with pytest.raises(WrongRows, match=r"no column in its first row for product \(barang\)"):
        read_purchases(path, columns=names | {"product_code": "barang"})
    with pytest.raises(WrongRows, match="There is no column warna to map"):
        read_purchases(path, columns={"warna": "kode"})
