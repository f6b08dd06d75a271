"""The group ``flask portal`` and everything in it."""

from portal.cli.beginning import init
from portal.cli.checking import check
from portal.cli.demonstrating import demo
from portal.cli.importing import group as importing
from portal.cli.keeping import backup, restore
from portal.cli.link import link
from portal.cli.person import person
from portal.cli.serving import serve
from portal.cli.tables import Commands
from portal.cli.working import worker

group = Commands("portal", help="Run and look after this library's portal.")

for command in (backup, check, demo, importing, init, link, person, restore, serve, worker):
    group.add_command(command)
