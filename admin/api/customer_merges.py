"""Who is in the book twice? Likely duplicates, merging two customers, and taking a merge back."""

from datetime import datetime
from http import HTTPStatus

from pydantic import Field

from admin.endpoint import Call, Endpoint
from admin.shapes import Input, View
from flows.masking import phone_for, text_for
from flows.roles import Permission, sight_of
from storage.database import Connection
from storage.people.customers import find_customer
from storage.people.duplicates import Duplicate, duplicates_of, merge_by_staff
from storage.people.merge_undo import MergeRecord, merges_of, undo_merge


class MergeBody(Input):
    other_id: str = Field(max_length=64, description="The customer who becomes part of this one.")


class DuplicateView(View):
    id: str
    name: str | None
    phone: str | None
    created_at: datetime
    because: list[str]


class DuplicateList(View):
    items: list[DuplicateView]
    total: int


class MergeView(View):
    id: str
    kept_id: str
    merged_id: str
    merged_by: str
    at: datetime
    undone_by: str | None
    undone_at: datetime | None


async def duplicates(call: Call) -> DuplicateList:
    customer_id, sight = call.path("id"), sight_of(call.actor)

    def look(conn: Connection) -> list[Duplicate]:
        return duplicates_of(conn, call.actor, find_customer(conn, call.actor, customer_id))

    found = await call.desk.database.read(look)
    items = [
        DuplicateView(
            id=one.id,
            name=text_for(sight, one.name),
            phone=phone_for(sight, one.phone),
            created_at=call.desk.local(one.created_at),
            because=list(one.because),
        )
        for one in found
    ]
    return DuplicateList(items=items, total=len(items))


async def merge(call: Call, taken: MergeBody) -> MergeView:
    customer_id, now = call.path("id"), call.desk.now()

    def record(conn: Connection) -> MergeRecord:
        merge_id = merge_by_staff(conn, call.actor, customer_id, taken.other_id, now)
        return next(one for one in merges_of(conn, customer_id) if one.id == merge_id)

    return _view(call, await call.desk.database.write(record))


async def undo(call: Call) -> MergeView:
    merge_id, now = call.path("id"), call.desk.now()
    return _view(
        call, await call.desk.database.write(lambda conn: undo_merge(conn, call.actor, merge_id, now))
    )


def _view(call: Call, record: MergeRecord) -> MergeView:
    return MergeView(
        id=record.id,
        kept_id=record.kept_id,
        merged_id=record.merged_id,
        merged_by=record.merged_by,
        at=call.desk.local(record.at),
        undone_by=record.undone_by,
        undone_at=call.desk.local(record.undone_at) if record.undone_at else None,
    )


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/api/customers/{id:id}/duplicates",
        access=Permission.MERGE_CUSTOMERS,
        summary="Customers who may be the same person, with what speaks for it",
        handle=duplicates,
        gives=DuplicateList,
    ),
    Endpoint(
        method="POST",
        path="/api/customers/{id:id}/merge",
        access=Permission.MERGE_CUSTOMERS,
        summary="Make another customer part of this one; it can be undone",
        handle=merge,
        takes=MergeBody,
        gives=MergeView,
        fails=(HTTPStatus.CONFLICT,),
    ),
    Endpoint(
        method="POST",
        path="/api/merges/{id:id}/undo",
        access=Permission.MERGE_CUSTOMERS,
        summary="Take a merge back",
        handle=undo,
        gives=MergeView,
        fails=(HTTPStatus.CONFLICT,),
    ),
)
