"""What do we know of how these customers buy? For turns that recommend something; several customers cost as many statements as one."""

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import Connection, select

from flows.buyer import KnownBuyer
from flows.persona import PriceBands
from storage.tables import Customer, Favorite
from storage.worth.behaviour import Together, drawn_by, purchases_of, surveys_of
from storage.worth.churn import churn_of


def known_buyers(
    conn: Connection, customer_ids: Collection[str], bands: PriceBands, together: Together
) -> dict[str, KnownBuyer]:
    """Every one of these customers, also those of whom nothing is known yet. together as in `ValueRules`."""
    ids = list(customer_ids)
    if not ids:
        return {}
    purchases, surveys, risks = purchases_of(conn, ids), surveys_of(conn, ids), churn_of(conn, ids)
    favorites = _favorites(conn, ids)
    tiers = {
        row.id: row.tier
        for row in conn.execute(select(Customer.id, Customer.tier).where(Customer.id.in_(ids)))
    }
    found = {}
    for customer_id in ids:
        bought = purchases.get(customer_id, ())
        risk = risks.get(customer_id)
        codes = [one.package_code for one in bought]
        found[customer_id] = KnownBuyer(
            survey=surveys.get(customer_id),
            purchases=bought,
            favorites=favorites[customer_id],
            together=drawn_by(conn, customer_id, codes, together),
            bands=bands,
            tier=tiers.get(customer_id),
            is_leaving=risk is not None and risk.level == "HIGH",
        )
    return found


def _favorites(conn: Connection, ids: Collection[str]) -> dict[str, frozenset[str]]:
    liked: dict[str, set[str]] = defaultdict(set)
    rows = conn.execute(
        select(Favorite.customer_id, Favorite.package_code).where(Favorite.customer_id.in_(ids))
    )
    for row in rows:
        liked[row.customer_id].add(row.package_code)
    return defaultdict(frozenset, {customer_id: frozenset(codes) for customer_id, codes in liked.items()})
