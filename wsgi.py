"""What a server runs: ``flask run``, ``granian --interface wsgi wsgi:app``.

Nothing that is loaded here is ever garbage, so the collector does not look for any meanwhile, which
takes a fifth of the time, nor among it later.
"""

import gc
import os
import sys

gc.disable()

from flask import Flask  # noqa: E402  after the collector has stopped

from portal.app import create_app  # noqa: E402  after the collector has stopped
from portal.core import logs  # noqa: E402  after the collector has stopped
from portal.core.config import BadSettings  # noqa: E402  after the collector has stopped

os.umask(0o077)  # what the portal keeps of people is for its own account only
logs.to_stderr()


def make() -> Flask:
    try:
        return create_app()
    except BadSettings as refused:
        problems = (f"- {one}" for one in refused.problems)
        sys.exit("\n".join(["The portal cannot start:", *problems]))


app = make()

gc.freeze()
gc.enable()
