"""Who paid and hears nothing complains; who paid and tells us, or asks before paying, does not."""

import pytest

from flows.decide import decide
from flows.domain import HandoverReason
from flows.left_waiting import is_left_waiting, lost_money, says_paid, was_cheated
from tests.flows.situations import HEMAT, hears, later, said


@pytest.mark.parametrize(
    "text",
    [
        "Saya sudah transfer DP dari minggu lalu tapi kok belum ada kabar?? gimana ini travelnya penipu ya",
        "sudah transfer 3 hari belum dikonfirmasi",
        "uang saya sudah masuk tapi belum ada kabar dari travel",
        "aku udh tf tapi ga ada balesan sama sekali, kapan dikonfirmasi nya",
        "abis bayar malah didiemin",
        "Bukti sudah dikirim, tidak direspon juga",
        "I already paid last week and nobody has contacted me",
        "sdh bayar lunas, kalian penipu!",
        "setelah membayar saya tidak dihubungi lagi",
        "Uang muka sudah masuk ke kalian tapi tidak ada satu pun yang menghubungi saya",
    ],
)
def test_paid_and_left_without_a_word(text: str) -> None:
    assert is_left_waiting(text)


@pytest.mark.parametrize(
    "text",
    [
        "sudah transfer ya kak, mohon dicek",
        "udah bayar lunas nih min, selanjutnya apa",
        "saya belum transfer, nunggu kabar suami",
        "apakah travel ini penipuan? soalnya murah",
        "bukan penipu kan? saya mau bayar dp",
        "belum ada kabar dari istri, nanti saya hubungi lagi",
        "kalau sudah transfer nanti dikabari lewat mana?",
        "DP-nya berapa dan kapan dikonfirmasi?",
        "udah bayar lunas, gak ada yang kurang kan?",
        "sudah transfer, maaf saya belum konfirmasi, ini buktinya",
        "kalau sudah bayar tapi belum dikonfirmasi gimana?",
        "saya pernah ketipu, sudah bayar tapi travelnya hilang. di sini ada izinnya?",
        "",
    ],
)
def test_who_tells_or_asks_does_not_complain(text: str) -> None:
    assert not is_left_waiting(text)


@pytest.mark.parametrize(
    "text", ["sdh tf ya min dp 5jt", "uangnya sudah saya transfer", "ini bukti transfer saya"]
)
def test_a_payment_that_was_made_is_heard(text: str) -> None:
    assert says_paid(text)


@pytest.mark.parametrize(
    "text", ["sudah bisa transfer?", "saya siap bayar", "kalau sudah transfer gimana", "mau bayar"]
)
def test_a_payment_to_come_is_none(text: str) -> None:
    assert not says_paid(text)


def test_a_receipt_without_a_confirmation_is_a_complaint() -> None:
    assert is_left_waiting("ini bukti transfer saya kemarin, kok belum dikonfirmasi")


def test_who_says_the_money_went_out_is_not_told_how_to_pay() -> None:
    decision = decide(later(hears("payment_intent", text="sdh tf ya min dp 5jt"), package=HEMAT))
    assert said(decision) == ["handover_paid"]
    assert decision.handover_reason is HandoverReason.PAYMENT_INTENT


@pytest.mark.parametrize(
    "text",
    [
        "pak saya ditipu oleh orang ngaku dari kantor bapak minta transfer ke rekening pribadi",
        "saya kena tipu travel ini",
        "I was scammed by your agent",
    ],
)
def test_who_was_cheated_complains_however_much_they_speak_of_paying(text: str) -> None:
    assert was_cheated(text)
    assert said(decide(later(hears("payment_intent", text=text)))) == ["handover_complaint"]


@pytest.mark.parametrize(
    "text",
    [
        "saya takut ditipu",
        "teman saya ketipu",
        "saya pernah ditipu travel lain",
        "biar saya ga jangan sampai ketipu",
    ],
)
def test_fears_and_others_troubles_are_no_complaint(text: str) -> None:
    assert not was_cheated(text)


@pytest.mark.parametrize(
    "text", ["uang saya hilang 2 juta di atm!!!", "pulsa gue ilang 50rb", "my money disappeared"]
)
def test_lost_money_is_a_complaint_and_nothing_is_sold(text: str) -> None:
    assert lost_money(text)
    assert said(decide(later(hears("give_preference", text=text, budget_idr=2_000_000)))) == [
        "handover_complaint"
    ]


@pytest.mark.parametrize("text", ["uangnya hilang ga?", "kalau batal uang saya hilang?", "kartu saya hilang"])
def test_asking_whether_money_will_be_lost_is_no_complaint(text: str) -> None:
    assert not lost_money(text)
