"""What kind of complaint is it? A first guess by plain words, so that the case begins with the right clock; an agent may correct it."""

import re

from flows.decision import CaseDraft
from flows.domain import CaseCategory, CasePriority

# The first row that matches decides, so the graver come first.
CATEGORIES: tuple[tuple[CaseCategory, str], ...] = (
    (CaseCategory.FRAUD_SCAM, r"tipu|penipu|scam|fraud|bodong|gadungan"),
    (CaseCategory.REFUND, r"refund|uang (?:saya )?(?:kembali|balik)|pengembalian|dikembalikan|money back"),
    (CaseCategory.TRX_FAIL, r"transfer|pembayaran|bayar|kuitansi|kwitansi|invoice|payment|dp saya"),
    (CaseCategory.SCHEDULE, r"jadwal|tunda|delay|reschedul|mundur|diundur|batal berangkat|keberangkatan"),
    (CaseCategory.DOCUMENT, r"visa|paspor|passport|dokumen|vaksin|manifest|berkas"),
    (CaseCategory.DIGITAL, r"aplikasi|website|web |link|login|error|app "),
    (
        CaseCategory.SERVICE,
        r"pelayanan|layanan|lambat|lama|dijawab|dibalas|respon|admin|petugas|muthawif|hotel|makan|bus|seragam|koper|service|kasar|jutek",
    ),
)
GRAVE = re.compile(
    r"tipu|penipu|scam|fraud|polisi|lapor|hukum|pengacara|tuntut|somasi|viral|ojk|kemenag", re.IGNORECASE
)
MAX_SUBJECT = 80  # Characters of a subject line in a list.


def draft(text: str) -> CaseDraft:
    """The case that this complaint opens: category by its words, HIGH, or CRITICAL when law or fraud is named."""
    category = next(
        (c for c, words in CATEGORIES if re.search(words, text, re.IGNORECASE)), CaseCategory.OTHER
    )
    priority = CasePriority.CRITICAL if GRAVE.search(text) else CasePriority.HIGH
    plain = " ".join(text.split())
    subject = plain if len(plain) <= MAX_SUBJECT else plain[: MAX_SUBJECT - 1] + "…"
    return CaseDraft(category=category, priority=priority, subject=subject or "Keluhan", description=text)
