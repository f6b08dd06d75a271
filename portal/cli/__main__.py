"""``python -m portal.cli serve`` is ``flask portal serve`` for ``make run``: Ctrl-C ends it at
any moment, while Flask is still being imported as well, without a trace."""

import runpy
import signal
import sys

if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    sys.argv[1:1] = ["portal"]
    runpy.run_module("flask", run_name="__main__")
