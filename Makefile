# What a newcomer types. `make run` and `make test` need Python 3.11 or newer and a package index, nothing else.
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

.PHONY: run test test-wide test-slow lint check docs ui bench parity spark lock clean

run: $(READY)
	@$(BIN)/guanxi run

ui: $(READY)
	@$(BIN)/guanxi ui

# Two workers: the tests that share one built night stay together in one of them.
test: $(READY)
	$(BIN)/pytest -n 2 --dist loadgroup

# What needs the second engine (`make spark` before, and Java), real shops or more whole nights; skips where these are absent.
test-wide: $(READY)
	$(BIN)/pytest -n 2 --dist loadgroup -m "wide and not slow"

test-slow: $(READY)
	$(BIN)/pytest -m slow

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/sqlfluff lint dbt_project/models dbt_project/tests
	$(BIN)/mypy

check: lint test

# docs/tables.md, from what each table's yml says of it; a test compares.
docs: $(READY)
	@$(BIN)/guanxi tables --markdown > docs/tables.md

# make bench SIZES="4k 100k": customers of the shops that are measured; 1m takes long.
SIZES ?= 4k

bench: $(READY)
	$(BIN)/python benchmarks/bench_lifetime_value.py
	$(BIN)/python benchmarks/bench_predictions.py --customers $(SIZES)
	$(BIN)/python benchmarks/bench_ingest.py --sizes $(SIZES)
	$(BIN)/python benchmarks/bench_whole_job.py --sizes $(SIZES)
	$(BIN)/python benchmarks/report_performance.py

# The index that pip is set up for serves the packages; the lock names none.
$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Guanxi needs Python 3.11 or newer: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)"; exit 2; }
	@echo "Setting up .venv (about a minute, once)"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(READY)

# Both engines on the sample and the real shops, every published table compared row by row; wants `make spark` before.
parity: $(READY)
	@$(BIN)/python -m benchmarks.parity both $(SHOPS)

# The second engine, for `guanxi run --target spark`; it runs on Java 17.
spark: $(READY)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-spark.lock

COMPILE := uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header

# What Spark needs besides is a lock of its own, so that nobody downloads it who has no use for it.
lock:
	$(COMPILE) --extra dev --output-file requirements.lock
	$(COMPILE) --extra spark --constraint requirements.lock | awk 'NR == FNR { known[$$1] = 1; next } /^[a-z]/ { new = !($$1 in known) } new' \
		requirements.lock - > requirements-spark.lock

clean:
	rm -rf .venv .pytest_cache .ruff_cache .mypy_cache .hypothesis build dbt_project/target dbt_project/logs logs *.egg-info
