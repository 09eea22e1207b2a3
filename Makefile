# Every target works on a machine that has python3 (3.11 or newer), make and package registries.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: help setup run test check fmt bench eval chaos wheel-smoke lock clean

help:             ## list the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: .venv/ready ## the virtual environment .venv, nothing else

.venv/ready: requirements/dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "wirewatch needs Python 3.11 or newer; set PYTHON=" >&2; exit 69; }
	@$(PYTHON) -m venv .venv || { echo "no venv module: install it (Debian, Ubuntu: apt install python3-venv)" >&2; exit 69; }
	$(BIN)/pip install --quiet --no-deps --require-hashes -r requirements/dev.txt
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	$(BIN)/pip check >&2
	@touch $@

run: setup        ## the daemon on the embedded log, with config/ and the sample sources
	@exec $(BIN)/wirewatch run

test: setup       ## every test, with coverage
	@scripts/need chromium chromium "page tests"
	@scripts/need pg_ctl postgresql "PostgreSQL tests" /usr/lib/postgresql/*/bin
	@scripts/need prometheus prometheus "Prometheus tests"
	@scripts/need java default-jre-headless "Kafka tests"
	@scripts/need mvn maven "Kafka tests"
	@scripts/kafka-broker fetch || true
	@scripts/need amtool prometheus-alertmanager "Alertmanager tests"
	@scripts/need systemd-analyze systemd "tests of the unit"
	@scripts/need faketime faketime "tests of the clock"
	$(BIN)/python -m pytest -n 2 --dist loadgroup --cov --cov-report=term:skip-covered

check: setup      ## format, lint, types, import contracts, shipped configuration
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/wirewatch check

fmt: setup        ## format and mend what can be mended
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: setup      ## speed and memory, as ratios in one run
	$(BIN)/python -m bench

eval: setup       ## scores on ../shared/eval, where present
	$(BIN)/python -m bench.evaluate

chaos: setup      ## kills, crashes, outages and storms at full length (an hour); prints the ledgers
	@scripts/need pg_ctl postgresql "faults around PostgreSQL" /usr/lib/postgresql/*/bin
	@scripts/need java default-jre-headless "faults around Kafka"
	@scripts/need mvn maven "faults around Kafka"
	@scripts/need faketime faketime "steps of the clock"
	$(BIN)/python -m tests.chaos

wheel-smoke:      ## build the wheel, install it alone, take one article to an alert with it
	@scripts/wheel-smoke $(PYTHON)

lock:             ## pin requirements/ anew from pyproject.toml
	@scripts/lock $(PYTHON)

clean:            ## what make made
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage*
