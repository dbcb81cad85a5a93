"""What does the business know at this moment? Everything a turn may state as a fact, read in one go."""

from datetime import date

from sqlalchemy import Connection

from flows.decision import Shelf
from storage.knowledge.company import load_company
from storage.knowledge.packages import list_packages
from storage.knowledge.triggers import load_triggers


def load_shelf(conn: Connection, today: date) -> Shelf:
    """Packages (on sale, full and departed alike: `decide` tells them apart), company facts and triggers.

    Packages that depart from today on come first, soonest first; then those without a date; departed ones last.
    """
    packages = list_packages(conn)
    ahead = [p for p in packages if p.departure_date is None or p.departure_date >= today]
    departed = [p for p in packages if p.departure_date is not None and p.departure_date < today]
    return Shelf(packages=(*ahead, *departed), company=load_company(conn), triggers=load_triggers(conn))
