"""How promising is a lead, 0 to 100, and why? Points that staff can read and argue with.

No model: a shop has few won leads to learn from.
"""

from dataclasses import dataclass
from typing import Literal

from flows.domain import Phase
from flows.rfm import SEGMENT_WORDS, RfmSegment

Heat = Literal["hot", "warm", "cold"]

MOST = 100
PHASE_POINTS = {Phase.LEADS: 5, Phase.INTEREST: 20, Phase.BOOKING: 45, Phase.PAID: 45}
PHASE_WORDS = {
    Phase.LEADS: "Baru mengenal.",
    Phase.INTEREST: "Bertanya tentang paket tertentu.",
    Phase.BOOKING: "Ingin mendaftar atau membayar.",
    Phase.PAID: "Sudah membayar.",
}
SEGMENT_POINTS = {
    RfmSegment.CHAMPION: 15,
    RfmSegment.LOYAL: 12,
    RfmSegment.POTENTIAL: 6,
    RfmSegment.REGULAR: 4,
}
PACKAGE, HIGH_INTENT, BUDGET, PEOPLE, FROM_AD = 10, 10, 5, 5, 3
FRESH = (
    (1, 12, "Menulis hari ini."),
    (3, 8, "Menulis dalam tiga hari terakhir."),
    (7, 4, "Menulis minggu ini."),
)
COLD_DAYS, COLD = 14, -15
OPEN_CASE = -20
WARM_FROM, HOT_FROM = 35, 65


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadFacts:
    """What is known of a lead. days_quiet: days since the customer wrote, None: never."""

    phase: Phase
    has_package: bool = False
    is_high_intent: bool = False
    says_budget: bool = False
    says_people: bool = False
    is_from_ad: bool = False
    days_quiet: int | None = None
    open_cases: int = 0
    segment: RfmSegment | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadScore:
    """heat: `hot`, `warm` or `cold`. reasons: points and sentence, the weightiest first."""

    score: int
    heat: Heat
    reasons: tuple[tuple[int, str], ...]


def lead_score(facts: LeadFacts) -> LeadScore:
    reasons = sorted((reason for reason in _reasons(facts) if reason[0]), key=lambda reason: -abs(reason[0]))
    score = min(max(sum(points for points, _ in reasons), 0), MOST)
    heat: Heat = "hot" if score >= HOT_FROM else "warm" if score >= WARM_FROM else "cold"
    return LeadScore(score=score, heat=heat, reasons=tuple(reasons))


def _reasons(facts: LeadFacts) -> list[tuple[int, str]]:
    said = (
        (facts.has_package, PACKAGE, "Sudah memilih paket."),
        (facts.is_high_intent, HIGH_INTENT, "Menunjukkan minat tinggi."),
        (facts.says_budget, BUDGET, "Menyebut anggaran."),
        (facts.says_people, PEOPLE, "Menyebut jumlah orang."),
        (facts.is_from_ad, FROM_AD, "Datang dari iklan."),
        (facts.open_cases > 0, OPEN_CASE, "Masih ada keluhan terbuka."),
    )
    found = [(PHASE_POINTS[facts.phase], PHASE_WORDS[facts.phase]), _freshness(facts.days_quiet)]
    found += [(points, sentence) for holds, points, sentence in said if holds]
    if facts.segment is not None and facts.segment in SEGMENT_POINTS:
        found.append((SEGMENT_POINTS[facts.segment], f"Pelanggan {SEGMENT_WORDS[facts.segment]}."))
    return found


def _freshness(days_quiet: int | None) -> tuple[int, str]:
    if days_quiet is None:
        return 0, ""
    for most, points, sentence in FRESH:
        if days_quiet < most:
            return points, sentence
    return (COLD, f"{days_quiet} hari tidak menulis.") if days_quiet >= COLD_DAYS else (0, "")
