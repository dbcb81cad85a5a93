"""Everything about a person is known to be so: no table and no text column is forgotten by exports, erasure and merges."""

from sqlalchemy import JSON, LargeBinary, String, Text, inspect

from storage.people.personal import HOLDINGS, IMPERSONAL
from storage.tables import Base

HOW = "Say in storage/people/personal.py what an erasure does with it, or that it says nothing about anybody."


def test_every_table_says_whether_it_is_about_persons() -> None:
    told = [holding.table.__tablename__ for holding in HOLDINGS] + [
        table.__tablename__ for table in IMPERSONAL
    ]
    assert sorted(told) == sorted(Base.metadata.tables), HOW


def test_every_text_of_a_persons_table_is_blanked_or_known_to_say_nothing() -> None:
    wrong = []
    for holding in HOLDINGS:
        if holding.is_deleted:
            continue
        texts = {
            column.key
            for column in inspect(holding.table).columns
            if isinstance(column.type, String | Text | JSON | LargeBinary)
        }
        told = set(holding.blank) | set(holding.says_nothing)
        unknown = {name for name in told if name not in inspect(holding.table).columns}
        wrong += [f"{holding.table.__tablename__}.{name}" for name in (texts - told) | unknown]
    assert wrong == [], HOW
