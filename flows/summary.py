"""What must a human know before answering this customer? Two to four short Indonesian sentences, made from facts alone.

    Siti ingin mendaftar Umroh Hemat Maret (Rp 25.000.000, berangkat 15 Maret 2027). Rencana: 2 orang, bulan Maret.
    Terakhir menanyakan pembayaran; sebelumnya hotel dan rencana perjalanan. Minat tinggi; izin promosi belum ada.

The same facts always give the same words, and no language model is asked. Nothing that the customer wrote is quoted.
"""

from dataclasses import dataclass, field

from flows.domain import Consent, HandoverReason, Package, Phase, Preference
from flows.wording import day_words, enumerate_words, month_name, rupiah

MAX_LENGTH = 600  # What a phone's screen and a Telegram message show without scrolling.
NAME_LENGTH, PACKAGE_LENGTH = (
    60,
    80,
)  # A display name is whatever its owner typed; the facts after it must still fit.
TOPICS_TOLD = (
    5  # More than the last few questions tell a human nothing that the conversation does not tell better.
)

TOPICS: dict[str, str] = {
    "ask_packages": "pilihan paket",
    "give_preference": "paket yang cocok",
    "ask_recommendation": "saran paket",
    "ask_price": "harga",
    "ask_schedule": "tanggal keberangkatan",
    "ask_quota": "sisa kursi",
    "ask_hotel": "hotel",
    "ask_itinerary": "rencana perjalanan",
    "ask_flight": "penerbangan",
    "ask_inclusions": "yang termasuk dalam paket",
    "ask_brochure": "brosur",
    "ask_payment_terms": "ketentuan cicilan",
    "payment_intent": "pembayaran",
    "ask_requirements": "syarat dokumen",
    "ask_legality": "izin resmi",
    "ask_location": "alamat kantor",
    "ask_testimonial": "testimoni",
    "ask_discount": "diskon",
    "ask_refund": "pembatalan",
}
# Intents that are no question: a summary that lists them would only repeat that people were polite.
NOT_TOPICS = frozenset(
    {
        *("greeting", "request_human", "complaint", "affirm", "deny", "thanks", "goodbye"),
        *("opt_out", "opt_in", "out_of_scope"),
    }
)

_WITH_PACKAGE: dict[Phase, str] = {
    Phase.LEADS: "{name} baru mengenal {package}.",
    Phase.INTEREST: "{name} tertarik pada {package}.",
    Phase.BOOKING: "{name} ingin mendaftar {package}.",
    Phase.PAID: "{name} sudah membayar {package}.",
}
_WITHOUT_PACKAGE: dict[Phase, str] = {
    Phase.LEADS: "{name} baru bertanya dan belum memilih paket.",
    Phase.INTEREST: "{name} tertarik, tetapi belum memilih paket.",
    Phase.BOOKING: "{name} ingin mendaftar, tetapi belum memilih paket.",
    Phase.PAID: "{name} sudah membayar.",
}
_CONSENT: dict[Consent, str] = {
    Consent.UNKNOWN: "izin promosi belum ada",
    Consent.GRANTED: "bersedia menerima promosi",
    Consent.WITHDRAWN: "tidak mau menerima promosi",
}
_REASON: dict[HandoverReason, str] = {
    HandoverReason.PAYMENT_INTENT: "Siap membayar: kirimkan cara pembayaran resmi.",
    HandoverReason.CUSTOMER_REQUEST: "Meminta dilayani manusia.",
    HandoverReason.LOW_CONFIDENCE: "Bot berulang kali tidak memahami maksudnya: baca percakapannya dulu.",
    HandoverReason.COMPLEX_QUESTION: "Bertanya hal yang belum ada jawabannya.",
    HandoverReason.COMPLAINT: "Menyampaikan keluhan: dengarkan dulu, jangan menawarkan paket.",
    HandoverReason.STAFF: "Diserahkan oleh staf.",
}
_EARLY_PAYMENT = (
    "Menanyakan pembayaran sebelum memilih paket: bantu memilih, lalu kirimkan cara pembayaran resmi."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What is known of the customer's wish. asked are the intents of all questions of this journey, oldest first."""

    phase: Phase
    name: str | None = None
    package: Package | None = None
    preference: Preference = field(default_factory=Preference)
    asked: tuple[str, ...] = ()
    high_intent: bool = False
    consent: Consent = Consent.UNKNOWN


def summarise(told: Told) -> str:
    """The written summary for a lead, at most 600 characters."""
    sentences = (_wish(told), _plan(told.preference), _questions(told.asked), _attitude(told))
    return _fit(" ".join(sentence for sentence in sentences if sentence))


def handover_notes(reason: HandoverReason, told: Told) -> str:
    """Why a human is asked for and what to do first, then the summary; at most 600 characters."""
    is_early = reason is HandoverReason.PAYMENT_INTENT and told.package is None
    return _fit(f"{_EARLY_PAYMENT if is_early else _REASON[reason]} {summarise(told)}")


def topic_words(intent: str) -> str:
    """What an intent is about, in Indonesian; a name that only some trade's pack knows is made readable."""
    return TOPICS.get(intent) or intent.removeprefix("ask_").replace("_", " ")


def _wish(told: Told) -> str:
    name = _one_line(told.name or "", NAME_LENGTH) or "Pelanggan"
    if told.package is None:
        return _WITHOUT_PACKAGE[told.phase].format(name=name)
    return _WITH_PACKAGE[told.phase].format(name=name, package=_package(told.package))


def _package(package: Package) -> str:
    facts = [rupiah(package.price)]
    if package.departure_date is not None:
        facts.append(f"berangkat {day_words(package.departure_date, 'id')}")
    return f"{_one_line(package.name, PACKAGE_LENGTH)} ({', '.join(facts)})"


def _plan(preference: Preference) -> str:
    wishes = [
        f"{preference.pax} orang" if preference.pax else "",
        _when(preference),
        f"{preference.days} hari" if preference.days else "",
        f"anggaran {rupiah(preference.budget_idr)}" if preference.budget_idr else "",
    ]
    told = ", ".join(wish for wish in wishes if wish)
    return f"Rencana: {told}." if told else ""


def _when(preference: Preference) -> str:
    months = " atau ".join(month_name(month, "id") for month in preference.months)
    words = [
        f"bulan {months}" if months else "",
        f"{'' if months else 'tahun '}{preference.year}" if preference.year else "",
        f"saat {preference.hijri.title()}" if preference.hijri else "",
    ]
    return " ".join(word for word in words if word)


def _questions(asked: tuple[str, ...]) -> str:
    # Newest first, each topic once, told again in the order in which they came up.
    newest = list(
        dict.fromkeys(topic_words(intent) for intent in reversed(asked) if intent not in NOT_TOPICS)
    )
    if not newest:
        return ""
    last, before = newest[0], tuple(reversed(newest[1:TOPICS_TOLD]))
    earlier = f"; sebelumnya {enumerate_words(before, 'id')}" if before else ""
    return f"Terakhir menanyakan {last}{earlier}."


def _attitude(told: Told) -> str:
    consent = _CONSENT[told.consent]
    return f"Minat tinggi; {consent}." if told.high_intent else f"{consent[0].upper()}{consent[1:]}."


def _one_line(text: str, length: int) -> str:
    words = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return words if len(words) <= length else words[: length - 1].rstrip() + "…"


def _fit(text: str) -> str:
    return text if len(text) <= MAX_LENGTH else text[: MAX_LENGTH - 1].rsplit(" ", 1)[0] + "…"
