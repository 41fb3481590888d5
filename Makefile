# The two commands that do everything on a new machine: `make run` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
OUT ?= out
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet

COMPILE = $(BIN)/uv pip compile pyproject.toml --universal --python-version 3.12 --generate-hashes --no-emit-index-url --no-header -q

.PHONY: help install dev browser run demo report test lint lock bench clean

help:            ## what can be made here
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/:/' | column -t -s:

install: $(VENV)/.installed   ## .venv with the command .venv/bin/regulars
dev: $(VENV)/.dev             ## the same with what tests, lint and bench need

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 12))' || \
	  { echo "Regulars needs Python 3.12 or newer; $(PYTHON) is older. Try: make PYTHON=python3.13"; exit 2; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: requirements/house.lock pyproject.toml | $(VENV)/bin/python
	$(PIP) --require-hashes --no-deps -r requirements/house.lock
	$(PIP) --no-deps --editable .
	@touch $@

$(VENV)/.dev: requirements/dev.lock $(VENV)/.installed
	$(PIP) --require-hashes --no-deps -r requirements/dev.lock
	@touch $@

browser: dev     ## a Chromium, Chinese fonts, PDF tools, an IMAP server and Java for the tests: found, or installed with apt
	@$(BIN)/python tests/support/machine.py

run: install     ## start the house: database, pages and jobs; Ctrl-C stops it
	$(BIN)/regulars up

demo: install    ## the same on a new house, filled with the example company
	$(BIN)/regulars up --demo

report: install  ## make the example company and its report, and say where it is
	$(BIN)/regulars sample --out $(OUT)/example --quiet
	$(BIN)/regulars report $(OUT)/example/orders.csv --out $(OUT)/report --company "Lindqvist Te & Kaffe" --goal 35% --open

lint: dev        ## style, types and the rules of the house
	$(BIN)/ruff format --check src tests bench
	$(BIN)/ruff check src tests bench
	$(BIN)/mypy
	$(BIN)/lint-imports

test: dev browser   ## every test, in a real browser where a page is tested
	$(BIN)/python -m pytest

bench: dev       ## measure beside peers and physical limits; figures go to docs/performance.md
	$(BIN)/python -m bench

lock: dev        ## renew the hashed requirement locks
	$(PIP) uv
	$(COMPILE) --override requirements/overrides.txt --extra dev --extra spark --extra house -o requirements/dev.lock
	$(COMPILE) --constraint requirements/dev.lock --extra house -o requirements/house.lock
	$(COMPILE) --constraint requirements/dev.lock -o requirements/base.lock

clean:           ## remove what was made, the environment included
	rm -rf $(VENV) $(OUT) build dist
