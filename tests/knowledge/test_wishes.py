"""Who refuses to buy, and who only wants to stop the advertisements?"""

import pytest

from knowledge.lexicon import standard_text
from knowledge.wishes import is_negated_wish, is_start_word, is_stop_word

REFUSALS = [
    "belum mau daftar",
    "saya belum mau daftar, cuma tanya",
    "mau tanya dulu, belum mau bayar",
    "nggak jadi transfer",
    "gak jadi daftar kak",
    "blm mw byar",
    "durung arep daftar",
    "dereng badhe mbayar",
    "belum nak daftar, tanye-tanye je",
    "kada jadi, balum handak daftar",
    "jangan dibooking dulu ya",
    "tidak mau ikut",
    "belum daftar, masih mikir",
    "not ready to pay yet",
    "I don't want to pay anything yet",
    "belum berani daftar",
    "belum kepikiran mau DP kok kak",
    "daftarnya nanti aja ya, masih nabung",
    "DP nya nanti dulu deh",
    "mau daftar tapi belum sekarang",
    "siapa yang mau daftar, saya cuma nanya",
    "jangan buru2 suruh transfer dong",
    "belum tentu jadi daftar",
    "saya urung daftar",
    "not planning to pay right now",
]
NO_REFUSALS = [
    "mau daftar",
    "saya jadi ambil, transfer ke mana",
    "kenapa belum bisa daftar?",
    "kalau tidak transfer hari ini hangus?",
    "rugi nggak ambil hemat?",
    "aman nggak transfer ke sini?",
    "masih dibuka nggak pendaftaran ramadhan",
    "hamil 4 bulan aman ga ikut",
    "boleh tidak ikut city tour?",
    "belum ada jadwal?",
    "bisa bayar tidak tunai",
    "saya belum bayar dp, transfer ke mana ya",
    "belum daftar kak, gimana caranya?",
    "bayarnya nanti aja di kantor bisa?",
    "tidak masalah, langsung daftar saja",
    "",
]


@pytest.mark.parametrize("text", REFUSALS)
def test_hears_that_someone_does_not_want_to_buy(text: str) -> None:
    assert is_negated_wish(standard_text(text))


@pytest.mark.parametrize("text", NO_REFUSALS)
def test_hears_no_refusal_in_a_question_or_a_wish(text: str) -> None:
    assert not is_negated_wish(standard_text(text))


@pytest.mark.parametrize(
    "text", ["STOP", "stop", "Stop.", "BERHENTI!!", " berhenti ", "Unsubscribe", "*STOP*", "stop 🙏"]
)
def test_a_bare_stop_word_is_one_in_any_dress(text: str) -> None:
    assert is_stop_word(standard_text(text))


@pytest.mark.parametrize("text", ["stop kirim promo", "berhenti di depan", "jangan stop", "", "nonstop"])
def test_a_stop_word_among_others_is_for_the_model(text: str) -> None:
    assert not is_stop_word(standard_text(text))


@pytest.mark.parametrize(
    ("text", "starts"), [("MULAI", True), ("Start!", True), ("mulai tanggal berapa", False), ("", False)]
)
def test_a_bare_start_word_is_one_in_any_dress(text: str, starts: bool) -> None:
    assert is_start_word(standard_text(text)) is starts
