"""Many at once over HTTP, from a process of their own."""

import http.client
import multiprocessing
import statistics
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

CONNECTIONS = 8
SECONDS = 3.0
OK = 200

_forking = multiprocessing.get_context("fork")


@dataclass(frozen=True, kw_only=True, slots=True)
class Load:
    a_second: float
    p50: float  # milliseconds
    p95: float


def load(
    port: int, paths: Sequence[str], *, cookie: str = "", connections: int = CONNECTIONS
) -> Load:
    """These pages in turn, again and again, on so many connections. Raises where one fails."""
    with _forking.Pool(1) as pool:
        return pool.apply(_drive, (port, paths, cookie, connections))


def _drive(port: int, paths: Sequence[str], cookie: str, connections: int) -> Load:
    with ThreadPoolExecutor(connections) as players:
        until = time.monotonic() + SECONDS
        told = [
            players.submit(_visit, port, paths[n % len(paths) :] or paths, cookie, until)
            for n in range(connections)
        ]
        times = sorted(one for each in told for one in each.result())
    cuts = statistics.quantiles(times, n=20)
    return Load(a_second=len(times) / SECONDS, p50=cuts[9] * 1000, p95=cuts[18] * 1000)


def _visit(port: int, paths: Sequence[str], cookie: str, until: float) -> list[float]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Host": "localhost", "Accept-Encoding": "gzip"} | (
        {"Cookie": cookie} if cookie else {}
    )
    times: list[float] = []
    while (began := time.monotonic()) < until:
        connection.request("GET", paths[len(times) % len(paths)], headers=headers)
        answer = connection.getresponse()
        answer.read()
        if answer.status != OK:
            raise RuntimeError(f"{paths[len(times) % len(paths)]}: {answer.status}")
        times.append(time.monotonic() - began)
    connection.close()
    return times
