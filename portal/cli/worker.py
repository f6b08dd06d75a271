"""The worker's process under the supervisor: it ends when the supervisor does. It also tells how
much there was to do, where a port is named for that."""

import wsgi
from portal.cli import stops
from portal.cli.orphan import end_with_parent
from portal.cli.working import until_told


def main() -> None:
    stops.keep()
    end_with_parent()
    if wsgi.app.extensions["portal"].metrics_port:
        from portal.cli import metering

        metering.serve(wsgi.app)
    until_told(wsgi.app)


if __name__ == "__main__":
    main()
