"""What a server runs: ``flask run``, ``granian --interface wsgi wsgi:app``."""

import os
import sys

from portal.app import create_app
from portal.core import logs
from portal.core.config import BadSettings

os.umask(0o077)  # what the portal keeps of people is for its own account only
logs.to_stderr()

try:
    app = create_app()
except BadSettings as refused:
    sys.exit("\n".join(["The portal cannot start:", *(f"- {one}" for one in refused.problems)]))
