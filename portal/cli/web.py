"""The web server's process: Granian with the application imported before it forks."""

import logging
import multiprocessing
import sys

from flask import Flask
from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels

import wsgi
from portal.cli import stops
from portal.cli.orphan import end_with_parent

WORKERS = 2
THREADS = 4  # each with a connection to the database
LINGER = 15  # seconds that a request under way may take when the server is asked to end

log = logging.getLogger("portal")


def load() -> Flask:
    """In each of Granian's workers, which sets its own handlers after this."""
    stops.obey()
    end_with_parent()
    return wsgi.app


def main(host: str, port: int) -> None:
    stops.keep()
    end_with_parent()
    if sys.platform == "linux":
        multiprocessing.set_start_method("fork")  # what is imported once is shared
    server = Granian(
        "wsgi:app",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=WORKERS,
        blocking_threads=THREADS,
        http=HTTPModes.http1,
        backpressure=64,
        respawn_failed_workers=True,
        workers_kill_timeout=LINGER,
        log_level=LogLevels.warning,
        log_dictconfig={"handlers": {}, "loggers": {"_granian": {}, "granian.access": {}}},
    )
    stops.hear(server.signal_handler_interrupt)
    log.info("started", extra={"part": "web server"})
    server.serve(target_loader=load, wrap_loader=False)
    log.info("ended", extra={"part": "web server"})


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
