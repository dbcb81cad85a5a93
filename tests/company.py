"""A demo company in a database within a second: what the bot knows, without its past, its cases and its drawings.

Who needs the whole demo has the commands for it: `tests/browser/service.py`.
"""

from dataclasses import replace

from bot.commands.migrate import seed_texts
from bot.demo.load import LogMade, load
from bot.demo.things import Log, Papers
from knowledge.demo import Demo, load_demo
from storage.database import Database
from tests.people import NOW


async def found_company(url: str, pack: str) -> None:
    """Into a migrated database."""
    demo = replace(load_demo(pack), history=None, cases=())
    nobody = Log(password_hash="-", mark="", may_set_admin=False)  # Nobody logs in.
    database = Database(url)
    await database.start()
    await seed_texts(database, pack)
    await load(database, demo, LogMade(mark="", make=lambda: nobody), NOW, sketches)
    await database.close()


def sketches(demo: Demo) -> dict[str, Papers]:
    """Files in the place of drawings, which take a third of a second each."""
    return {
        one.package.code: Papers(
            poster=b"jpg", brochure=one.package.code.encode(), itinerary=b"pdf" if one.days else None
        )
        for one in demo.packages
    }
