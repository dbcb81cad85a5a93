"""All customers' value at a glance: how they are spread, what each segment calls for, and what to do about whom first.

DIRECTOR reads the numbers of everybody and no person; the others their own scope, masked by role.
"""

from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlencode

from aiohttp import web
from pydantic import Field

from admin.pages.dashboard_charts import Chart
from admin.pages.page import Page, Visit
from admin.shapes import Query
from flows.masking import text_for
from flows.next_best_action import ActionKind, ActionPriority
from flows.rfm import STRATEGY, RfmSegment
from flows.roles import Permission, Sight
from storage.database import Connection
from storage.pages import Page as Window
from storage.pages import Part
from storage.worth.next_actions import ActionCard, Wanted, action_page
from storage.worth.value_spread import Spread, value_spread

ROWS = 15
ANY: Literal[""] = ""


class ActionsQuery(Query):
    """The filters of the list, in the address. An empty choice is no limit."""

    priority: ActionPriority | Literal[""] = ANY
    kind: ActionKind | Literal[""] = ANY
    segment: RfmSegment | Literal[""] = ANY
    offset: int = Field(0, ge=0, le=1_000_000)

    def wanted(self) -> Wanted:
        return Wanted(priority=self.priority or None, kind=self.kind or None, segment=self.segment or None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionsList:
    """names: customer id to the name as this person may see it."""

    part: Part[ActionCard]
    names: dict[str, str | None]
    taken: ActionsQuery
    may_decide: bool
    limit: int = ROWS

    @property
    def address(self) -> str:
        kept = {"priority": self.taken.priority, "kind": self.taken.kind, "segment": self.taken.segment}
        return "/panel/value?" + urlencode({**kept, "offset": ""})


@dataclass(frozen=True, slots=True, kw_only=True)
class ValuePage:
    """actions is None for who sees no persons."""

    spread: Spread
    charts: dict[str, Chart]
    strategy: dict[RfmSegment, str]
    actions: ActionsList | None
    may_look: bool
    kinds: tuple[ActionKind, ...] = tuple(ActionKind)
    priorities: tuple[ActionPriority, ...] = tuple(ActionPriority)


async def show(visit: Visit, taken: ActionsQuery) -> web.Response:
    sees_persons = visit.frame.sight is not Sight.NONE

    def look(conn: Connection) -> tuple[Spread, ActionsList | None]:
        spread = value_spread(conn, visit.actor if sees_persons else None)
        return spread, _actions(visit, conn, taken) if sees_persons else None

    spread, actions = await visit.desk.database.read(look)
    page = ValuePage(
        spread=spread,
        charts=_charts(visit, spread),
        strategy=STRATEGY,
        actions=actions,
        may_look=visit.actor.may(Permission.READ_CUSTOMERS),
    )
    return visit.show("value/page.html", page)


def _actions(visit: Visit, conn: Connection, taken: ActionsQuery) -> ActionsList:
    part = action_page(conn, visit.actor, Window(limit=ROWS, offset=taken.offset), taken.wanted())
    return ActionsList(
        part=part,
        names={card.customer_id: text_for(visit.frame.sight, card.customer_name) for card in part.items},
        taken=taken,
        may_decide=visit.actor.may(Permission.FOLLOW_UP),
    )


def _charts(visit: Visit, spread: Spread) -> dict[str, Chart]:
    segments = {visit.t(f"value.segment_{name}"): count for name, count in spread.segments.items()}
    return {
        "segments": bars(visit.t("value.segments"), segments, is_flat=True),
        "personas": bars(
            visit.t("value.personas"),
            {str(name): count for name, count in spread.personas.items()},
            kind="doughnut",
        ),
        **{
            name: bars(
                visit.t(f"value.scores_{name}"), {str(score): n for score, n in getattr(spread, name).items()}
            )
            for name in ("r", "f", "m")
        },
    }


def bars(label: str, counts: dict[str, int], *, kind: str = "bar", is_flat: bool = False) -> Chart:
    """A chart of one series. is_flat: bars lie, which leaves room for names."""
    spec: dict[str, Any] = {  # Any: JSON.
        "type": kind,
        "data": {"labels": list(counts), "datasets": [{"label": label, "data": list(counts.values())}]},
    }
    if is_flat:
        flat = {"x": {"beginAtZero": True}, "y": {"grid": {"display": False}}}
        spec["options"] = {"indexAxis": "y", "scales": flat}
    return Chart(spec=spec, label=label, is_empty=not any(counts.values()), rows=tuple(counts.items()))


PAGES = (
    Page(method="GET", path="/panel/value", access=Permission.SEE_VALUE, handle=show, takes=ActionsQuery),
)
