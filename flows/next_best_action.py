"""What should staff do about this customer next? Rules over what is known, most urgent first, each with its reason.

The document's three (seed 004, 5.4) and ours around them. Two gates stand before everything: who has an open complaint is sold nothing,
and whoever did not agree to marketing gets no offer; what serves them goes on.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from flows.domain import Consent
from flows.rfm import SEGMENT_WORDS, RfmSegment

QUIET_DAYS = 30  # Seed 004: AT_RISK and so long without contact.
LEAD_DAYS = 3  # An open lead that nobody touched for so long is going cold.
AGAIN_DAYS = 30  # A decided action whose reason still holds so long afterwards is proposed anew.
RISKY = 0.6  # From here on a churn score is HIGH.


class ActionPriority(StrEnum):
    HIGH = "HIGH"
    MEDIUM = "MEDIUM"
    LOW = "LOW"


class ActionKind(StrEnum):
    SETTLE_CASE = "SETTLE_CASE"
    CALL_LEAD = "CALL_LEAD"
    RETAIN = "RETAIN"
    WIN_BACK = "WIN_BACK"
    OFFER_PREMIUM = "OFFER_PREMIUM"
    CROSS_SELL = "CROSS_SELL"
    NURTURE = "NURTURE"
    REACTIVATE = "REACTIVATE"
    ASK_CONSENT = "ASK_CONSENT"


class ActionStatus(StrEnum):
    """What became of a proposed action; `lapsed`: the reason for it went away before anybody decided."""

    PROPOSED = "proposed"
    DONE = "done"
    DISMISSED = "dismissed"
    LAPSED = "lapsed"


TITLES: dict[ActionKind, str] = {
    ActionKind.SETTLE_CASE: "Selesaikan keluhan",
    ActionKind.CALL_LEAD: "Hubungi calon pembeli",
    ActionKind.RETAIN: "Hubungi untuk Retention",
    ActionKind.WIN_BACK: "Jalankan Win-Back Campaign",
    ActionKind.OFFER_PREMIUM: "Tawarkan Produk Premium",
    ActionKind.CROSS_SELL: "Tawarkan produk tambahan",
    ActionKind.NURTURE: "Dorong transaksi berikutnya",
    ActionKind.REACTIVATE: "Kirim penawaran re-aktivasi",
    ActionKind.ASK_CONSENT: "Minta persetujuan promosi",
}
# These sell something, so they need consent and no open complaint. Winning back sells too; its document's rule names no gate, but a
# message to somebody who said no is against the law here, and to somebody who said nothing against the contract.
SELLING = frozenset(
    {
        ActionKind.WIN_BACK,
        ActionKind.OFFER_PREMIUM,
        ActionKind.CROSS_SELL,
        ActionKind.NURTURE,
        ActionKind.REACTIVATE,
    }
)
_ORDER = tuple(ActionPriority)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is known of a customer. days_since_contact counts messages either way, None: never; churn_risk 0–1, None: not scored.

    open_lead_days: days since staff touched the open lead, None without one.
    """

    segment: RfmSegment
    consent: Consent
    open_cases: int = 0
    days_since_contact: int | None = None
    open_lead_days: int | None = None
    churn_risk: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    kind: ActionKind
    priority: ActionPriority
    reason: str

    @property
    def title(self) -> str:
        return TITLES[self.kind]


def next_best_actions(standing: Standing) -> tuple[Action, ...]:
    """What to do, most urgent first; nothing where nothing is called for."""
    found = [action for action in _called_for(standing) if _passes(action, standing)]
    return tuple(sorted(found, key=lambda action: _ORDER.index(action.priority)))


def why_not(kind: ActionKind, standing: Standing) -> tuple[str, ...]:
    """Which gates an action of this kind does not pass, none when it may be proposed."""
    if kind not in SELLING:
        return ()
    gates = (
        (standing.open_cases > 0, "Masih ada keluhan terbuka."),
        (standing.consent is not Consent.GRANTED, "Belum ada persetujuan promosi."),
    )
    return tuple(sentence for stops, sentence in gates if stops)


def _passes(action: Action, standing: Standing) -> bool:
    return not why_not(action.kind, standing)


def _called_for(standing: Standing) -> Iterator[Action]:
    """Everything that a rule asks for, gates left aside."""
    if standing.open_cases:
        count = f"{standing.open_cases} keluhan masih terbuka; jangan menawarkan apa pun dulu."
        yield _action(ActionKind.SETTLE_CASE, ActionPriority.HIGH, count)
    if standing.open_lead_days is not None and standing.open_lead_days >= LEAD_DAYS:
        since = f"Calon pembeli terbuka, {standing.open_lead_days} hari tanpa tindakan."
        yield _action(ActionKind.CALL_LEAD, ActionPriority.HIGH, since)
    yield from _to_keep(standing)
    yield from _by_segment(standing.segment)
    if standing.consent is Consent.UNKNOWN and standing.segment in (RfmSegment.CHAMPION, RfmSegment.LOYAL):
        asked = f"{SEGMENT_WORDS[standing.segment]}, tetapi belum pernah ditanya soal promosi."
        yield _action(ActionKind.ASK_CONSENT, ActionPriority.LOW, asked)


def _to_keep(standing: Standing) -> Iterator[Action]:
    """Retention: a call, which needs no consent because it sells nothing. Once, whichever rule asks for it."""
    quiet = standing.days_since_contact
    is_quiet = quiet is None or quiet >= QUIET_DAYS
    if standing.segment is RfmSegment.AT_RISK and is_quiet:
        since = "belum pernah ada kontak" if quiet is None else f"{quiet} hari tanpa kontak"
        yield _action(
            ActionKind.RETAIN, ActionPriority.HIGH, f"{SEGMENT_WORDS[standing.segment]}, dan {since}."
        )
    elif standing.churn_risk is not None and standing.churn_risk >= RISKY:
        risk = f"Risiko berhenti {standing.churn_risk:.0%}."
        yield _action(ActionKind.RETAIN, ActionPriority.HIGH, risk)


def _by_segment(segment: RfmSegment) -> Iterator[Action]:
    match segment:
        case RfmSegment.LOST:
            yield _action(
                ActionKind.WIN_BACK, ActionPriority.HIGH, "Hilang: hampir tidak ada aktivitas lagi."
            )
        case RfmSegment.CHAMPION:
            why = "Champion, dan setuju menerima promosi."
            yield _action(ActionKind.OFFER_PREMIUM, ActionPriority.MEDIUM, why)
        case RfmSegment.LOYAL:
            yield _action(ActionKind.CROSS_SELL, ActionPriority.MEDIUM, "Loyal: aktivitas rutin.")
        case RfmSegment.POTENTIAL:
            yield _action(ActionKind.NURTURE, ActionPriority.MEDIUM, "Potensial: aktif, tetapi belum sering.")
        case RfmSegment.HIBERNATING:
            yield _action(ActionKind.REACTIVATE, ActionPriority.LOW, "Lama diam: sudah lama tidak aktif.")
        case RfmSegment.REGULAR | RfmSegment.AT_RISK:
            return


def _action(kind: ActionKind, priority: ActionPriority, reason: str) -> Action:
    return Action(kind=kind, priority=priority, reason=reason)
