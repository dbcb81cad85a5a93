"""What did customers buy, what do they like, and what did they say they want? Writing each down, and reading it for many at once."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select

from flows.persona import Bought, Budget, Survey
from flows.purchase import refuse_purchase
from flows.refusal import Refused, invalid
from flows.roles import Actor
from storage.dialect import insert_new
from storage.knowledge.packages import find_package
from storage.tables import Favorite, PackageRow, SurveyAnswer, Transaction
from storage.trail.audit import Event, note

# What purchases of these packages draw, by the company's own model; None where it has none or knows none of them.
Together = Callable[[Sequence[str]], Mapping[str, float] | None]

MOST_PURCHASES = 200  # Of one customer, newest first: more say nothing new about how somebody buys.
MOST_LIKE_BUYERS = 2_000  # Customers with a purchase in common that are looked at.


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPurchase:
    """amount is rupiah. journey_id names the purchase on WhatsApp that it ends."""

    package_code: str
    amount: int
    at: datetime
    journey_id: str | None = None


def answer_survey(conn: Connection, customer_id: str, survey: Survey, by: Actor, now: datetime) -> None:
    conn.execute(
        insert(SurveyAnswer).values(
            customer_id=customer_id, hobby=survey.hobby, budget=survey.budget.value, at=now
        )
    )
    note(conn, Event.ANSWER_SURVEY, by, now, subject=customer_id)


def record_purchase(
    conn: Connection, customer_id: str, purchase: NewPurchase, by: Actor, now: datetime
) -> bool:
    """Writes the payment down; False when the journey's was there already. Raises Refused for what cannot be one."""
    code = _known_code(conn, purchase.package_code)
    if refusal := refuse_purchase(purchase.amount, purchase.at, now):
        raise Refused(refusal)
    values = {
        "customer_id": customer_id,
        "package_code": code,
        "amount": purchase.amount,
        "at": purchase.at,
        "journey_id": purchase.journey_id,
        "recorded_by": by.name,
    }
    written = conn.execute(insert_new(conn, Transaction).values(**values).returning(Transaction.id))
    transaction_id = written.scalar_one_or_none()
    if transaction_id is None:
        return False
    note(conn, Event.RECORD_TRANSACTION, by, now, subject=customer_id, transaction_id=transaction_id)
    return True


def like(conn: Connection, customer_id: str, package_code: str, by: Actor, now: datetime) -> bool:
    """False when it was liked already. Raises Refused for a package that we do not have."""
    code = _known_code(conn, package_code)
    values = {"customer_id": customer_id, "package_code": code, "at": now}
    is_new = conn.execute(insert_new(conn, Favorite).values(**values)).rowcount == 1
    if is_new:
        note(conn, Event.CHANGE_FAVORITE, by, now, subject=customer_id, package=code, is_liked=True)
    return is_new


def unlike(conn: Connection, customer_id: str, package_code: str, by: Actor, now: datetime) -> bool:
    """False when it was not liked; a package that is gone can still be unliked."""
    code = package_code.upper()
    chosen = Favorite.customer_id == customer_id, Favorite.package_code == code
    was_liked = conn.execute(delete(Favorite).where(*chosen)).rowcount == 1
    if was_liked:
        note(conn, Event.CHANGE_FAVORITE, by, now, subject=customer_id, package=code, is_liked=False)
    return was_liked


def _known_code(conn: Connection, written: str) -> str:
    package = find_package(conn, written.strip())
    if package is None:
        raise Refused(invalid("package_code", f"There is no package {written!r}."))
    return package.code


def purchases_of(conn: Connection, customer_ids: Collection[str]) -> dict[str, tuple[Bought, ...]]:
    """Each customer's purchases, newest first, at most MOST_PURCHASES; a customer without any is not in it."""
    newest = (
        func.row_number()
        .over(partition_by=Transaction.customer_id, order_by=(Transaction.at.desc(), Transaction.id.desc()))
        .label("age")
    )
    ranked = select(Transaction, newest).where(Transaction.customer_id.in_(customer_ids)).subquery()
    rows = conn.execute(
        select(ranked, PackageRow.ml_label, PackageRow.category)
        .outerjoin(PackageRow, PackageRow.code == ranked.c.package_code)
        .where(ranked.c.age <= MOST_PURCHASES)
        .order_by(ranked.c.customer_id, ranked.c.age)
    )
    found: dict[str, list[Bought]] = defaultdict(list)
    for row in rows.mappings():
        found[row["customer_id"]].append(
            Bought(
                package_code=row["package_code"],
                amount=row["amount"],
                at=row["at"],
                label=row["ml_label"],
                category=row["category"],
            )
        )
    return {customer_id: tuple(bought) for customer_id, bought in found.items()}


def surveys_of(conn: Connection, customer_ids: Collection[str]) -> dict[str, Survey]:
    """Each customer's newest answer; who never answered is not in it."""
    newest = (
        select(func.max(SurveyAnswer.id))
        .where(SurveyAnswer.customer_id.in_(customer_ids))
        .group_by(SurveyAnswer.customer_id)
    )
    rows = conn.execute(select(SurveyAnswer).where(SurveyAnswer.id.in_(newest))).mappings()
    return {row["customer_id"]: Survey(hobby=row["hobby"], budget=Budget(row["budget"])) for row in rows}


def favorites_of(conn: Connection, customer_id: str) -> tuple[str, ...]:
    """The codes that the customer likes, the latest first."""
    chosen = select(Favorite.package_code).where(Favorite.customer_id == customer_id)
    return tuple(conn.scalars(chosen.order_by(Favorite.at.desc(), Favorite.id.desc())))


def drawn_by(
    conn: Connection, customer_id: str, codes: Sequence[str], together: Together
) -> Mapping[str, float]:
    """What purchases of these packages draw, from 0 to 1: by the company's own model where it knows one of them, else by like buyers."""
    drawn = together(codes)
    return bought_together(conn, customer_id, codes) if drawn is None else drawn


def bought_together(conn: Connection, customer_id: str, codes: Sequence[str]) -> Mapping[str, float]:
    """Package code to the share of customers with one of these purchases in common who bought it, too. Empty where nobody has."""
    if not codes:
        return {}
    like_buyers = (
        select(Transaction.customer_id)
        .distinct()
        .where(Transaction.package_code.in_(set(codes)), Transaction.customer_id != customer_id)
        .limit(MOST_LIKE_BUYERS)
    )
    buyers = list(conn.scalars(like_buyers))
    if not buyers:
        return {}
    rows = conn.execute(
        select(Transaction.package_code, func.count(Transaction.customer_id.distinct()))
        .where(Transaction.customer_id.in_(buyers), Transaction.package_code.not_in(set(codes)))
        .group_by(Transaction.package_code)
    )
    return {code: count / len(buyers) for code, count in rows}
