"""The worker's process under the supervisor: it ends when the supervisor does."""

import wsgi
from portal.cli import stops
from portal.cli.orphan import end_with_parent
from portal.cli.working import until_told

if __name__ == "__main__":
    stops.keep()
    end_with_parent()
    until_told(wsgi.app)
