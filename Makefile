# make run      sets everything up, fills a demo library on first run, serves on port 8000
# make setup    sets everything up and starts nothing
# make test     everything that decides whether a change lands
# make check    lint, types and contracts alone
# make hammer   many at once for one vote, seat, code and ticket, and 2,000 people for 24 seats, on both databases;
#               then the same with planted faults, of which each has to be noticed
# make bench    what pages cost in a library of 50,000 ideas, on both databases
# make hostile  100,000 hostile texts and addresses before Chromium, 10,000 hostile forms
# make shots    pictures of every page, in build/shots
.SUFFIXES:

PYTHON3 ?= python3
VENV = .venv
PYTHON = $(VENV)/bin/python
INSTALL = $(PYTHON) -m pip install -q --disable-pip-version-check --require-hashes -r
VENDOR = static/vendor/notices.txt
BUILT = build/static.json
STATIC = $(shell find static -path static/vendor -prune -o -print)

run: setup
	@exec $(PYTHON) -m portal.cli serve

setup: $(VENV)/for-run $(BUILT)

test: $(VENV)/for-tests $(BUILT) build/axe.min.js
	@$(PYTHON) -m tools.suite

check: $(VENV)/for-tests
	@$(PYTHON) -m tools.suite check

hammer: $(VENV)/for-tests $(BUILT)
	@$(PYTHON) -m tools.needs && $(PYTHON) -m tests.hammer && $(PYTHON) -m tests.hammer --faults

hostile: $(VENV)/for-tests $(BUILT)
	@$(PYTHON) -m tools.needs && for what in texts addresses forms; do $(PYTHON) -m tests.hostile $$what || exit 1; done

shots: $(VENV)/for-tests $(BUILT)
	@$(PYTHON) -m tools.needs && $(PYTHON) -m pytest -q tests/browser/shots.py && echo "The pictures are in build/shots."

web: $(BUILT)

bench: $(VENV)/for-tests $(BUILT)
	@$(PYTHON) -m tools.needs && $(PYTHON) -m tests.bench

catalogue: $(VENV)/for-tests
	@$(PYTHON) -m tools.catalogue

lock: $(VENV)/made
	@$(PYTHON) -m tools.lock

# What marks a step as done lies in the environment and goes with it.
$(VENV)/made:
	@$(PYTHON3) -c "import sys; sys.exit(sys.version_info < (3, 11))" 2>/dev/null || { \
	  echo "Foreword needs Python 3.11 or newer. If yours goes by another name: make run PYTHON3=python3.12"; exit 1; }
	@$(PYTHON3) -c "import ensurepip" 2>/dev/null || { \
	  echo "Python's venv module is missing. On Debian or Ubuntu: apt install python3-venv (as root or with sudo), then run make again."; exit 1; }
	@echo "Making a virtual environment in $(VENV) …"
	@$(PYTHON3) -m venv --clear $(VENV)
	@touch $@

$(VENV)/for-run: $(VENV)/made requirements.txt
	@echo "Installing what the portal is made of …"
	@$(INSTALL) requirements.txt
	@touch $@

$(VENV)/for-tests: $(VENV)/made requirements-dev.txt
	@echo "Installing what the tests need …"
	@$(INSTALL) requirements-dev.txt
	@touch $@

$(VENV)/for-web: $(VENV)/made requirements-setup.txt
	@$(INSTALL) requirements-setup.txt
	@touch $@

$(VENDOR): $(VENV)/for-web package-lock.json .npmrc requirements-node.txt tools/webparts.py tools/fonts.py
	@echo "Bringing fonts, icons and htmx …"
	@$(PYTHON) -m tools.webparts

$(BUILT): $(VENDOR) tools/publishing.py $(STATIC)
	@$(PYTHON) -m tools.publishing

build/axe.min.js: $(VENV)/for-web package-lock.json .npmrc requirements-node.txt
	@$(PYTHON) -m tools.webparts axe

.PHONY: setup run test check hammer hostile shots web bench catalogue lock
