# `make run` starts wherry, `make test` tests it; both set up .venv first.
PYTHON ?= python3
ARGS ?=
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: install run test check format bench clean screenshots

install: $(STAMP)

# Only pip 25.1 and later can install a dependency group.
$(STAMP): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
		|| { echo "wherry needs Python 3.11 or newer, and $(PYTHON) is not: try make PYTHON=python3.13" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
		|| { echo "$(PYTHON) can't make virtual environments: install the package python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
	$(BIN)/python -m pip install --quiet --group dev --editable .
	$(BIN)/python -m compileall -q tui
	@touch $(STAMP)

run: install
	@$(BIN)/wherry $(ARGS)

# Tests wait as much as they work: five at a time, also on two cores. The live tests share one engine, so they
# run one after the other. Both halves run whatever the other says.
test: install
	@status=0; \
	$(BIN)/pytest -n 5 --dist worksteal --ignore=tests/live || status=1; \
	$(BIN)/pytest tests/live || status=1; \
	exit $$status

check: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: install
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

screenshots: install
	WHERRY_SCREENSHOTS=write $(BIN)/pytest tests/screens/test_screenshots.py

# `make bench ARGS=--quick`; ARGS=--help explains.
bench: install
	@$(BIN)/python -m compileall -q tui  # as pip does when it installs a wheel
	@$(BIN)/python -m tests.benchmarks $(ARGS)

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find tui tests -name __pycache__ -type d -prune -exec rm -rf {} +
