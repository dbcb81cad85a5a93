"""A WAHA that is only its HTTP edge: answers like the real one, remembers what was asked, breaks on demand.

Inside a test: `async with FakeWaha() as waha: …`. As a process of its own, for tests that kill ours:
`python -m tests.fake_waha --port 3999 --log requests.jsonl --webhook http://127.0.0.1:8080/api/whatsapp/webhook`; faults are then
set by `POST /_fault {"fault": "after_500", "times": 1, "call": "sendText"}`. Equal ids are one message, as WhatsApp collapses them.
"""

from tests.fake_waha.contract import how_checked
from tests.fake_waha.server import FakeWaha, Fault, Request

__all__ = ["FakeWaha", "Fault", "Request", "how_checked"]
