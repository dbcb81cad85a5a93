"""How many people does a message say will travel, infants included?

Works on standard text with amounts of money and campaign codes blanked. Ages, hotel stars, room types, days and "per orang" are no
travellers. Silence is None, never a guess.
"""

import re

from knowledge.numbers import NUMBER, read_number

# More than this is no party that anyone books by chat.
_MOST = 2_000

_N = rf"(?:{NUMBER})"
_TOGETHER_WORDS = {
    "berdua": 2, "bedua": 2, "bertiga": 3, "berempat": 4, "berlima": 5, "berenam": 6, "bertujuh": 7, "berdelapan": 8,
    "bersembilan": 9, "bersepuluh": 10, "duaan": 2, "tigaan": 3, "empatan": 4, "limaan": 5,
}  # fmt: skip
_TOGETHER = "|".join(_TOGETHER_WORDS)

# Rooms first: "kamar berdua", "sekamar 4 orang", "double room" speak of beds.
_ROOM = re.compile(
    rf"\b(?:sekamar|kamar|room|kmr|ranjang|bed|quad|triple|double)(?:nya)?(?: (?:itu|yang|untuk|isi|khusus|muat|isinya|diisi|hotel|hotelnya|bisa|cuma|maksimal|type|tipe|request|mau|sendiri|satu|1|dengan|buat|di|makkah|madinah|adalah|apa)){{0,4}} *"
    rf"(?:{_TOGETHER}|ber-? ?\d+|{_N} ?(?:orang|an\b|ber\w+)|isi {_N}|{_N}\b(?! *(?:orang|dewasa)))(?: suami istri)?"
    rf"|\b(?:satu|1) kamar (?:\w+ )?{_N} ?orang|\b{_N} ?orang (?:per|se|satu|dalam satu|1) ?kamar|\b{_N} (?:orang )?sekamar|\b(?:sekamar|kamar)(?: \w+)? (?:suami istri|{_N})"
)
_AGE = re.compile(
    rf"\b(?:umur|usia|berumur|berusia)(?:nya)?(?: (?:saya|dia|sudah|sekitar|baru|masih|mau|hampir|ibu|bapak|beliau)){{0,3}} {_N}(?: ?(?:-|sampai|dan|atau) ?{_N})*(?: ?(?:tahun|bulan|an))?"
    rf"|\b{_N} ?(?:-|sampai|atau|dan)? ?{_N}? ?-?(?:tahun|tahunan|bulan|hari|malam|jam|menit|minggu|kali|x|kota|km|kg|kilo|meter|persen|bintang|lantai|menitan|star|negara|juta|jt|malem|koper)\b"
    rf"|\b(?:bintang|lantai|jam|pukul|tanggal|tgl|bulan|nomor|no|anak ke|ke|minggu ke|kelas|paket|opsi|pilihan|gelombang|batch|grup|kloter)[ -]?(?:{_N})\b"
    rf"|%|\b(?:gratis|free|bonus|cashback) {_N} ?(?:orang)?|\bper {_N} ?orang|\b(?:per|tiap|setiap|masing masing) ?orang(?: {_N})?"
)
_ADULTS = r"dewasa|lansia"
_SMALL = r"anak anak|anak kecil|anak|balita|bayi|remaja|cucu"
_HEADS = rf"{_ADULTS}|{_SMALL}"
_PARTY = re.compile(rf"\b(?:({_N}|seorang|a|an|ada) )?({_HEADS})(?:nya|ku)?(?: ({_N}))?\b")
_PEOPLE = re.compile(
    rf"\b({_N})(?:-?an)?(?: *(?:-|sampai|atau|hingga) *({_N})(?:-?an)?)? ?(?:orang|jamaah|pax|peserta|kepala|kursi|rombongan|tempat|anggota|perempuan|laki laki|bersaudara|sahabat|teman)\b"
    rf"(?!nya berapa| (?:per|sekamar|se|tua|indonesia|saudi))|\borang (?:({_N}))\b(?! *(?:tahun|tua|hari|kamar))"
    rf"|\b(?:pax|jumlah|total|jumlahnya|totalnya)[ :=]+({_N})\b"
)
_BER = re.compile(
    rf"\b(?:({_TOGETHER})|ber-? ?(\d{{1,3}})|(?:keluarga|rombongan|grup|party|group|kelompok|sekeluarga)(?: (?:besar|saya|kami|isi|kecil|isinya|ada|itu|totalnya|total|jumlahnya)){{0,2}} (?:dari )?({_N})(?:-?an)?(?! *(?:hari|tahun|juta|jt|bulan)))\b"
)
_OF_US = re.compile(
    rf"\b(?:the )?({_N}|both) (?:dari|of) (?:saya|kami|kita|us|kamu)\b|\b(?:kami|kita) (?:{_N} )?(?:ada )?({_N})\b(?! *(?:hari|tahun|bulan|juta|kamar|hari|kali|minggu))"
)
_SPOUSES = re.compile(
    r"\b(?:suami(?: dan|&|/|-)? ?istri|istri(?: dan|&|/|-)? ?suami|pasutri|sepasang|pasangan suami istri|a pasangan|pengantin baru|orang tua saya berdua)\b"
)
_ALONE = re.compile(
    r"\b(?:sendirian|seorang diri|seorang saja|sebatang kara)\b"
    r"|\b(?:berangkat|pergi|umroh|ikut|saya|aku|jalan|traveling|travelling|cuma|hanya|by|dia|beliau) sendiri\b(?! (?:yang|sudah|belum|sudah|masih|tidak))|\bsendiri (?:saja|doang)\b|\bcuma saya\b|\bsaya cuma\b(?= *$|[.,])"
)
_KIN = r"istri|suami|pasangan|ibu|bapak|ayah|mama|papa|umi|ummi|abi|mamah|anak|adik|kakak|mertua|nenek|kakek|orang tua|kedua orang tua|cucu|tante|paman|om|bibi|saudara|keponakan|sepupu|teman|sahabat|menantu|besan|bayi|balita|tetangga|abang|eyang"
_POSSESSIVE = r"(?:ku|nya)?(?: (?:saya|aku|kami|kita|kandung|perempuan|laki laki|kecil|tercinta|mertua|pertama|kedua|lanang|wedok|gadis))*"
_ONE_KIN = rf"(?:saya )?(?:({_N}|kedua|seorang|a|satu) )?(?:orang )?(?:saya )?({_KIN}){_POSSESSIVE}(?: ({_N})(?! ?(?:tahun|bulan|thn|hari|juta)))?(?: orang)?"
_LINK = r"(?:dengan|sama|dan|bersama|plus|serta|beserta|ajak|bawa|membawa|mengajak|dengan|and|\+|&|,)"
_COMPANY = re.compile(
    rf"\b(?:saya|aku|kami|berangkat|pergi|umroh|kita|mau|berdoa|ikut)\b(?: (?:mau|ingin|akan|rencana|rencananya|berangkat|pergi|umroh|ikut|jadi|sendiri|cuma|hanya|juga|insyaallah|bersama|perginya|berangkatnya|itu|ini|ke sana|nanti|sedang|niat|pengennya|daftar|tinggal|kami|mereka|sudah|ya|saja|bareng|bersama|travelling|traveling|coming|am|going|be|akan)){{0,5}}"
    rf",? (?:{_LINK} ?)+{_ONE_KIN}((?: ?(?:{_LINK} ?)+{_ONE_KIN})*)"
)
_ME_TOO = re.compile(rf"^(?:.*\b)?{_ONE_KIN} (?:dan|and|sama|&) (?:saya|aku)\b(?! (?:mau|ingin) tanya)")
_KIN_PART = re.compile(_ONE_KIN)
_TWO_PEOPLE = {"orang tua", "kedua orang tua"}


def read_pax(text: str) -> int | None:
    """The number of travellers that a standard text names, or None.

    >>> read_pax("2 dewasa 1 anak 1 bayi"), read_pax("saya sama istri dan 2 anak"), read_pax("kamar berdua")
    (4, 4, None)
    """
    text = _AGE.sub(" # ", _ROOM.sub(" # ", text))
    for read in (_party, _together, _people, _company, _couple, _alone):
        pax = read(text)
        if pax is not None and 0 < pax <= _MOST:
            return pax
    return None


def _party(text: str) -> int | None:
    """ "2 dewasa 1 anak 1 bayi": counted heads of at least one kind besides children, or two kinds."""
    counted: list[tuple[str, int]] = []
    for before, head, after in _PARTY.findall(text):
        number = _count(before) if before and before != "ada" else _count(after) if after else None
        if number is not None:
            counted.append((head, number))
    kinds = {head for head, _ in counted}
    if not counted or not (kinds & set(_ADULTS.split("|"))):
        return None
    return sum(number for _, number in counted)


def _together(text: str) -> int | None:
    for word, digits, party in _BER.findall(text):
        return _TOGETHER_WORDS.get(word) or _count(digits or party)
    for us, we in _OF_US.findall(text):
        return 2 if us == "both" else _count(us or we)
    return None


def _people(text: str) -> int | None:
    for first, second, after, total in _PEOPLE.findall(text):
        number = _count(second or first or after or total)
        if number is not None:
            return number
    return None


def _company(text: str) -> int | None:
    match = _COMPANY.search(text)
    if match:
        return 1 + _kin(match.group(0))
    too = _ME_TOO.search(text)
    return 1 + _kin(too.group(0)) if too else None


def _kin(text: str) -> int:
    total = 0
    for before, kin, after in _KIN_PART.findall(text):
        number = 2 if before == "kedua" else _count(before or after)
        total += number if number is not None else 2 if kin in _TWO_PEOPLE else 1
    return total


def _couple(text: str) -> int | None:
    return 2 if _SPOUSES.search(text) else None


def _alone(text: str) -> int | None:
    return 1 if _ALONE.search(text) else None


def _count(written: str) -> int | None:
    if written in {"seorang", "a", "an"}:
        return 1
    return read_number(written) if written else None
