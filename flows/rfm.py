"""How valuable is a customer, judged by recency, frequency and money? Scores 1 to 5, a segment, and why it is that one.

Two rulesets over the same scores, because the document's table names some customers twice and others not at all:

- `v1` is the document. Of its 125 cells 29 fit two segments and 15 none; its source takes the first that fits in the order LOST,
  HIBERNATING, CHAMPION, LOYAL, POTENTIAL, AT_RISK, and calls what remains AT_RISK.
- `v2` puts the old and the rare first (AT_RISK by R ≤ 2 before LOYAL), and calls what remains REGULAR: a customer in the middle of
  everything is no risk.

Every score names its ruleset and its window, so that an old one can be read later. Never a model: the same three numbers always say
the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from flows.wording import rupiah

MILLION = 1_000_000
SCORES = (1, 2, 3, 4, 5)


class RfmSegment(StrEnum):
    CHAMPION = "CHAMPION"
    LOYAL = "LOYAL"
    POTENTIAL = "POTENTIAL"
    REGULAR = "REGULAR"
    AT_RISK = "AT_RISK"
    HIBERNATING = "HIBERNATING"
    LOST = "LOST"


class ClvProxy(StrEnum):
    """What a customer may still be worth, said by the segment alone; the model's figure is `ml.train.fit_clv`'s."""

    VERY_HIGH = "VERY_HIGH"
    HIGH = "HIGH"
    GROWING = "GROWING"
    STEADY = "STEADY"
    DECLINING = "DECLINING"
    LOW = "LOW"
    MINIMAL = "MINIMAL"


class Ruleset(StrEnum):
    V1 = "v1"
    V2 = "v2"


# What the segments are called in sentences that staff read.
SEGMENT_WORDS: dict[RfmSegment, str] = {
    RfmSegment.CHAMPION: "Champion",
    RfmSegment.LOYAL: "Loyal",
    RfmSegment.POTENTIAL: "Potensial",
    RfmSegment.REGULAR: "Reguler",
    RfmSegment.AT_RISK: "Berisiko pergi",
    RfmSegment.HIBERNATING: "Lama diam",
    RfmSegment.LOST: "Hilang",
}
CLV: dict[RfmSegment, ClvProxy] = {
    RfmSegment.CHAMPION: ClvProxy.VERY_HIGH,
    RfmSegment.LOYAL: ClvProxy.HIGH,
    RfmSegment.POTENTIAL: ClvProxy.GROWING,
    RfmSegment.REGULAR: ClvProxy.STEADY,
    RfmSegment.AT_RISK: ClvProxy.DECLINING,
    RfmSegment.HIBERNATING: ClvProxy.LOW,
    RfmSegment.LOST: ClvProxy.MINIMAL,
}
# The document's strategies; REGULAR, which it does not know, gets what lies between LOYAL and POTENTIAL.
STRATEGY: dict[RfmSegment, str] = {
    RfmSegment.CHAMPION: "Pertahankan: beri penghargaan eksklusif.",
    RfmSegment.LOYAL: "Tawarkan produk tambahan.",
    RfmSegment.POTENTIAL: "Dorong agar lebih sering bertransaksi.",
    RfmSegment.REGULAR: "Jaga hubungan dan ajak naik kelas.",
    RfmSegment.AT_RISK: "Segera hubungi dan tanyakan apa masalahnya.",
    RfmSegment.HIBERNATING: "Kirim penawaran agar aktif kembali.",
    RfmSegment.LOST: "Coba sapa dengan biaya rendah.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RfmThresholds:
    """Where the scores begin; a value of the trade's pack, since a pilgrim does not buy fifty times a year.

    recency: most days for scores 5, 4, 3, 2. frequency and monetary: least for scores 2, 3, 4, 5. window_days is how far back
    frequency and, where it is a sum, money are counted. counts_balance: money is what the customer keeps with us (a bank's balance),
    not what was spent.
    """

    recency: tuple[int, int, int, int]
    frequency: tuple[int, int, int, int]
    monetary: tuple[int, int, int, int]
    window_days: int = 365
    counts_balance: bool = False

    def __post_init__(self) -> None:
        for name in ("recency", "frequency", "monetary"):
            bounds: tuple[int, ...] = getattr(self, name)
            if len(bounds) != len(SCORES) - 1 or list(bounds) != sorted(set(bounds)) or bounds[0] <= 0:
                raise ValueError(f"RFM {name} needs four rising numbers above 0, not {bounds}.")
        if self.window_days <= 0:
            raise ValueError(f"RFM window_days must be above 0, not {self.window_days}.")

    @property
    def window_label(self) -> str:
        """`12 bulan terakhir`, or in days where the window is no whole number of years."""
        years, rest = divmod(self.window_days, 365)
        return f"{years * 12} bulan terakhir" if rest == 0 else f"{self.window_days} hari terakhir"


# Seed 004, 5.2.2: the bank's, and what a pack without thresholds of its own gets.
DOCUMENT_THRESHOLDS = RfmThresholds(
    recency=(7, 30, 90, 180),
    frequency=(5, 15, 30, 50),
    monetary=(5 * MILLION, 20 * MILLION, 50 * MILLION, 100 * MILLION),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RfmScore:
    """A customer's value at one moment, with what is needed to read it years later."""

    recency_days: float | None
    frequency: float
    monetary: float
    r: int
    f: int
    m: int
    segment: RfmSegment
    segment_reason: str
    clv_proxy: ClvProxy
    ruleset_version: Ruleset
    window_label: str

    @property
    def code(self) -> str:
        """`545`: the three scores as people write them."""
        return f"{self.r}{self.f}{self.m}"


def rfm(
    recency_days: float | None,
    frequency: float | None,
    monetary: float | None,
    ruleset: Ruleset | str = Ruleset.V2,
    thresholds: RfmThresholds = DOCUMENT_THRESHOLDS,
) -> RfmScore:
    """The customer's scores and segment. Days since the last activity, count and rupiah within the window; days are floored.

    Nothing, zero, less than zero and no number at all score 1; recency of None (never active) scores 1 as well, so use
    `days_since` with the customer's creation where there was no activity. Raises ValueError for a ruleset that does not exist.
    """
    rules = Ruleset(ruleset)
    frequency, monetary = _counted(frequency), _counted(monetary)
    days = None if recency_days is None or recency_days != recency_days else max(recency_days, 0.0)
    r = 1 if days is None else 1 + sum(_floored(days) <= most for most in thresholds.recency)
    f = 1 + sum(frequency >= least for least in thresholds.frequency)
    m = 1 + sum(monetary >= least for least in thresholds.monetary)
    segment, rule = segment_of(r, f, m, rules)
    return RfmScore(
        recency_days=days,
        frequency=frequency,
        monetary=monetary,
        r=r,
        f=f,
        m=m,
        segment=segment,
        segment_reason=f"{_facts(days, frequency, monetary, (r, f, m))} {rule}",
        clv_proxy=CLV[segment],
        ruleset_version=rules,
        window_label=thresholds.window_label,
    )


def days_since(last_activity: datetime | None, created_at: datetime, now: datetime) -> int:
    """Whole days since the last transaction or log-in, in UTC, never negative; since the customer was created where there was none."""
    since = (last_activity or created_at).astimezone(UTC)
    return max((now.astimezone(UTC) - since).days, 0)


def segment_of(r: int, f: int, m: int, ruleset: Ruleset) -> tuple[RfmSegment, str]:
    """The segment of one of the 125 cells, and the rule that put it there."""
    if r == f == m == 1:
        return RfmSegment.LOST, "R, F dan M semuanya 1: Hilang."
    if max(r, f, m) <= 2:
        return RfmSegment.HIBERNATING, "R, F dan M paling tinggi 2: Lama diam."
    if min(r, f, m) >= 4:
        return RfmSegment.CHAMPION, "R, F dan M paling rendah 4: Champion."
    match ruleset:
        case Ruleset.V1:
            return _rest_of_v1(r, f)
        case Ruleset.V2:
            return _rest_of_v2(r, f)


def _rest_of_v1(r: int, f: int) -> tuple[RfmSegment, str]:
    if f >= 4:
        return RfmSegment.LOYAL, "F paling rendah 4: Loyal."
    if r >= 4:
        return RfmSegment.POTENTIAL, "R paling rendah 4, F di bawah 4: Potensial."
    if r <= 2:
        return RfmSegment.AT_RISK, "R paling tinggi 2, padahal F atau M paling rendah 3: Berisiko pergi."
    return RfmSegment.AT_RISK, "Tidak masuk aturan lain, maka menurut dokumen: Berisiko pergi."


def _rest_of_v2(r: int, f: int) -> tuple[RfmSegment, str]:
    if r <= 2:
        return RfmSegment.AT_RISK, "R paling tinggi 2, padahal F atau M paling rendah 3: Berisiko pergi."
    if f >= 4:
        return RfmSegment.LOYAL, "R paling rendah 3 dan F paling rendah 4: Loyal."
    if r >= 4:
        return RfmSegment.POTENTIAL, "R paling rendah 4, F di bawah 4: Potensial."
    return RfmSegment.REGULAR, "R 3 dan F di bawah 4, tidak menonjol dan tidak mengkhawatirkan: Reguler."


def _counted(value: float | None) -> float:
    return 0.0 if value is None or value != value else max(value, 0.0)


def _floored(days: float) -> float:
    """Whole days; an endless time stays endless."""
    return days // 1 if days != float("inf") else days


def _facts(days: float | None, frequency: float, monetary: float, scores: Sequence[int]) -> str:
    r, f, m = scores
    since = "belum pernah aktif" if days is None else f"aktif terakhir {_floored(days):.0f} hari lalu"
    money = rupiah(round(monetary)) if monetary != float("inf") else "tak terhingga"
    return f"R{r} F{f} M{m}: {since}, {frequency:g} transaksi, {money}."
