"""What the machine that figures are measured on did meanwhile."""

import psutil


class Stolen:
    """What a virtual machine's host took away since then: figures of a time in which it took much say little about the service."""

    def __init__(self) -> None:
        self._before = psutil.cpu_times()

    @property
    def share(self) -> float:
        """0 to 1, of all processors; 0 where the system does not tell."""
        now = psutil.cpu_times()
        passed = sum(now) - sum(self._before)
        return (getattr(now, "steal", 0.0) - getattr(self._before, "steal", 0.0)) / max(passed, 1e-9)
