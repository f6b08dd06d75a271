"""What a server runs: ``flask run``, ``granian --interface wsgi wsgi:app``.

Nothing that is loaded here is ever garbage, so the collector does not look for any meanwhile, which
takes a fifth of the time, nor among it later.
"""

import gc
import os
import sys

gc.disable()

from portal.app import create_app  # noqa: E402  after the collector has stopped
from portal.core import logs  # noqa: E402
from portal.core.config import BadSettings  # noqa: E402

os.umask(0o077)  # what the portal keeps of people is for its own account only
logs.to_stderr()

try:
    app = create_app()
except BadSettings as refused:
    sys.exit("\n".join(["The portal cannot start:", *(f"- {one}" for one in refused.problems)]))

gc.freeze()
gc.enable()
