"""Who is woken after a staff action? The engine in this process or, where it has no worker, in the others."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from storage.notify import Channel


@dataclass(frozen=True, slots=True)
class Bells:
    """Fills the desk's Engine port; hear is the service's own ear."""

    hear: Callable[[Channel, Sequence[str]], None]

    def wake_sender(self, conversation_id: str) -> None:
        self.hear(Channel.OUTBOX, [conversation_id])

    def wake_worker(self, conversation_id: str) -> None:
        self.hear(Channel.TURNS, [conversation_id])
