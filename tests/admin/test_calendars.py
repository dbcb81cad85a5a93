"""Business calendars that are in use: edited at the panel and through the API without breaking or losing what stands on them."""

from datetime import datetime

from tests.admin.house import House
from tests.admin.test_case_pages import visitor

WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday")
HOURS = {"opens": "08:00", "closes": "16:00"}
OFFICE = {
    "name": "Kantor",
    "timezone": "Asia/Jakarta",
    "frames": [{"day": day, **HOURS} for day in WEEK],
    "seasons": [
        {
            "name": "Ramadan",
            "starts": "2027-02-08",
            "ends": "2027-03-09",
            # Friday is shorter, Thursday closed.
            "frames": [
                *({"day": day, "opens": "08:00", "closes": "14:00"} for day in WEEK[:3]),
                {"day": "friday", "opens": "08:00", "closes": "11:30"},
            ],
        }
    ],
}


async def refund_by_office_hours(house: House) -> int:
    made = await house.does("admin", "/api/calendars", OFFICE, status=201)
    counted = await house.asks("admin", "PATCH", "/api/categories/REFUND", {"calendar_id": made["id"]})
    assert counted.json["calendar_id"] == made["id"]
    return int(made["id"])


async def test_a_category_counts_around_the_clock_again_once_its_calendar_is_null(small_house: House) -> None:
    office = await refund_by_office_hours(small_house)
    renamed = await small_house.asks("admin", "PATCH", "/api/categories/REFUND", {"name": "Dana"})
    assert renamed.json["calendar_id"] == office
    freed = await small_house.asks("admin", "PATCH", "/api/categories/REFUND", {"calendar_id": None})
    assert (freed.json["calendar_id"], freed.json["name"]) == (None, "Dana")


async def test_hours_so_few_that_a_promise_would_take_beyond_twenty_working_days_are_refused(
    small_house: House,
) -> None:
    house = small_house
    office = await refund_by_office_hours(house)  # REFUND's longest promise is 120 hours: 15 days of eight.
    short = OFFICE | {"frames": [{"day": day, "opens": "08:00", "closes": "13:00"} for day in WEEK]}
    refused = await house.asks("admin", "PUT", f"/api/calendars/{office}", short)
    assert (refused.status, refused.json["errors"][0]["field"]) == (422, "frames")
    assert refused.json["detail"].startswith("REFUND LOW: A resolution may take 20 working days at most")
    enough = OFFICE | {"frames": [{"day": day, "opens": "08:00", "closes": "14:00"} for day in WEEK]}
    assert (await house.asks("admin", "PUT", f"/api/calendars/{office}", enough)).status == 200


async def test_a_season_with_hours_for_each_day_outlives_the_panels_form_that_shows_one_row(
    small_house: House,
) -> None:
    house = small_house
    office = await refund_by_office_hours(house)
    before = await house.gets("admin", "/api/calendars")
    admin = await visitor(house, "admin")
    form = {
        "name": "Kantor pusat",
        "timezone": "Asia/Jakarta",
        **{f"hours{day}": "08:00-16:00" for day in range(5)},
        "season0_name": "Ramadan 1448 H",
        "season0_starts": "2027-02-08",
        "season0_ends": "2027-03-09",
        "season0_hours": "08:00-14:00",
    }
    assert (await admin.posts(f"/panel/settings/calendars/{office}", **form)).status == 303
    after = (await house.gets("admin", "/api/calendars"))["items"][0]
    assert (after["name"], after["seasons"][0]["name"]) == ("Kantor pusat", "Ramadan 1448 H")
    assert after["seasons"][0]["frames"] == before["items"][0]["seasons"][0]["frames"]
    await admin.posts(f"/panel/settings/calendars/{office}", **form | {"season0_hours": "09:00-14:00"})
    after = (await house.gets("admin", "/api/calendars"))["items"][0]
    assert [frame["opens"] for frame in after["seasons"][0]["frames"]] == ["09:00"] * 5


SHORT_DAYS = {
    "name": "Kantor",
    "timezone": "Asia/Jakarta",
    "holidays": False,
    "frames": [
        {"day": day, "opens": opens, "closes": closes}
        for day in WEEK
        for opens, closes in (("08:00", "12:00"), ("13:00", "17:00"))
    ],
    "breaks": [{"day": "friday", "opens": "11:30", "closes": "13:00"}],
    "seasons": [
        {
            "name": "Ramadan",
            "starts": "2027-02-08",
            "ends": "2027-03-09",
            "frames": [{"day": day, "opens": "08:00", "closes": "14:00"} for day in WEEK],
        }
    ],
    "extra_days_off": [{"day": "2027-04-01", "name": "Ulang tahun"}],
}
# When it was opened, when its first answer is due (eight hours), and how the hours add up: counted by hand.
EIGHT_HOURS = (
    ("2027-01-08T10:00", "2027-01-11T10:30", "Friday: 1.5 before the prayer, 4 after it, 2.5 on Monday"),
    ("2027-01-11T17:00", "2027-01-12T17:00", "at closing: the whole of Tuesday, to its closing"),
    ("2027-01-16T09:00", "2027-01-18T17:00", "on a Saturday: the whole of Monday"),
    (
        "2027-02-12T09:00",
        "2027-02-15T12:30",
        "Friday in Ramadan: 2.5 and 1, then 4.5 on Monday without lunch",
    ),
    ("2027-03-09T12:00", "2027-03-10T15:00", "the last of Ramadan: 2, then 4 and 2 of a plain day"),
    ("2027-03-31T15:00", "2027-04-02T15:30", "before a day off: 2, none, 3.5 and 2.5 of the Friday after"),
)


async def test_what_is_promised_over_the_api_can_be_counted_on_paper(small_house: House) -> None:
    house = small_house
    made = await house.does("admin", "/api/calendars", SHORT_DAYS, status=201)
    await house.asks("admin", "PATCH", "/api/categories/REFUND", {"calendar_id": made["id"]})
    case = {
        "phone": "081234567890",
        "category": "REFUND",
        "priority": "HIGH",
        "subject": "x",
        "description": "y",
    }
    opened = {}
    for at, due, why in EIGHT_HOURS:
        house.clock.now = datetime.fromisoformat(f"{at}+07:00")
        await house.log_in("agent")
        opened[at] = await house.does("agent", "/api/cases", case, status=201)
        assert opened[at]["first_response_due"] == f"{due}:00+07:00", why

    async def explained(at: str, now: str) -> tuple[float, list[tuple[str, str, str, list[str]]]]:
        house.clock.now = datetime.fromisoformat(f"{now}+07:00")
        await house.log_in("agent")
        clock = (await house.gets("agent", f"/api/cases/{opened[at]['id']}/clocks"))["first_response"]
        spans = [
            (span["kind"], span["starts"][8:16], span["ends"][8:16], span["reasons"])
            for span in clock["spans"]
        ]
        return clock["used"], spans

    assert await explained("2027-01-08T10:00", "2027-01-11T10:30") == (
        1,
        [
            ("counted", "08T10:00", "08T11:30", []),
            ("closed", "08T11:30", "08T13:00", []),
            ("counted", "08T13:00", "08T17:00", []),
            ("closed", "08T17:00", "11T08:00", []),
            ("counted", "11T08:00", "11T10:30", []),
        ],
    )
    assert await explained("2027-03-31T15:00", "2027-04-02T09:00") == (
        3 / 8,
        [
            ("counted", "31T15:00", "31T17:00", []),
            ("closed", "31T17:00", "02T08:00", ["Ulang tahun"]),
            ("counted", "02T08:00", "02T09:00", []),
        ],
    )
