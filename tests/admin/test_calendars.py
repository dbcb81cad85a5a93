"""Business calendars that are in use: edited at the panel and through the API without breaking or losing what stands on them."""

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
