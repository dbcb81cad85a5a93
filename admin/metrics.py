"""How busy and how quick is the API? Counted by route pattern, never by address: addresses hold people's numbers."""

import hmac
import time
from ipaddress import ip_address

from aiohttp import web
from prometheus_client import CollectorRegistry, Counter, Histogram

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1.0, 2.5, 5.0)  # Seconds.


class RequestMetrics:
    """Two Prometheus instruments in one registry."""

    def __init__(self, registry: CollectorRegistry) -> None:
        labels = ("method", "route", "status")
        self._count = Counter("sapa_http_requests", "HTTP requests answered.", labels, registry=registry)
        self._seconds = Histogram(
            "sapa_http_request_seconds",
            "Seconds until the response.",
            ("method", "route"),
            registry=registry,
            buckets=BUCKETS,
        )
        # Bounded by the routes there are, times the statuses that they answer.
        self._known: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}

    def observe(self, request: web.Request, status: int, started: float) -> None:
        resource = request.match_info.route.resource
        route = resource.canonical if resource else "unknown"
        key = (request.method, route, status)
        if key not in self._known:
            # Finding an instrument by its labels costs as much as counting a hundred times.
            count = self._count.labels(request.method, route, str(status))
            self._known[key] = (count, self._seconds.labels(request.method, route))
        count, seconds = self._known[key]
        count.inc()
        seconds.observe(time.perf_counter() - started)


def may_read_metrics(request: web.Request, token: str) -> bool:
    """Whether the caller is this machine itself, or holds the metrics token.

    A reverse proxy makes everybody look like this machine, so a forwarded request needs the token.
    """
    _, _, sent = request.headers.get("Authorization", "").partition(" ")
    if token and hmac.compare_digest(sent.strip().encode(), token.encode()):
        return True
    is_forwarded = any(name in request.headers for name in ("X-Forwarded-For", "Forwarded"))
    return _is_loopback(request.remote) and not is_forwarded


def _is_loopback(remote: str | None) -> bool:
    try:
        return remote is not None and ip_address(remote).is_loopback
    except ValueError:
        return False
