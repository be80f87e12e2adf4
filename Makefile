# `make run` starts the product, `make test` proves it, `make check` is the quick part of the proof.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
PORT ?= 8000
HOST ?= 127.0.0.1
BIN := .venv/bin
export PYTHONUNBUFFERED = 1
SOURCES := config simulator annotation models_zoo compression
# Everything that has been written so far; a part that is not there yet is left out.
CODE := $(wildcard $(SOURCES) benchmarks scripts tests manage.py)
QUICK := "not slow and not browser and not integration"
# In the order of the folders: by size, the few long tests of the benchmarks would come last, on one worker.
AT_ONCE := -n 2 --dist loadfile --no-loadscope-reorder

help: ## List what there is to make.
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

.venv/installed-product: requirements.txt
	@PYTHON="$(PYTHON)" sh scripts/setup.sh product

.venv/installed-tests: requirements.txt requirements-dev.txt
	@PYTHON="$(PYTHON)" sh scripts/setup.sh tests

.venv/installed-cluster: .venv/installed-tests requirements-cluster.txt
	@PYTHON="$(PYTHON)" sh scripts/setup.sh cluster

run: .venv/installed-product ## Install, migrate, seed the demo and start everything. PORT=8000
	@$(BIN)/python manage.py migrate --verbosity 0
	@$(BIN)/python manage.py seed_demo
	@$(BIN)/python manage.py seed_demo_sessions
	@exec $(BIN)/python manage.py serve --host $(HOST) --port $(PORT)

setup: .venv/installed-tests ## Install what developers need.

test: setup ## Install what the tests need and run all of them.
	@sh scripts/test_programs.sh
	@sh scripts/label_studio.sh
	$(BIN)/python -m pytest -m "not live and not integration" $(AT_ONCE)
	@$(MAKE) --no-print-directory --jobs 2 --output-sync=target live-lane database-lane

# What talks with running programs waits for them most of its time, and has deadlines; the databases' tests compute,
# have none, and take what is left of the machine meanwhile.
live-lane:
	$(BIN)/python -m pytest -m "live or integration"

database-lane:
	nice -n 15 $(BIN)/python -m tests.on_postgresql $(AT_ONCE)

test-postgresql: setup ## The tests that touch the database once more, on a throw-away PostgreSQL.
	@sh scripts/test_programs.sh
	@sh scripts/label_studio.sh
	$(BIN)/python -m tests.on_postgresql $(AT_ONCE)

test-integration: setup ## The tests against a real Label Studio, which is installed in a folder of its own.
	@sh scripts/test_programs.sh
	@sh scripts/label_studio.sh
	$(BIN)/python -m pytest -m integration

test-cluster: setup .venv/installed-cluster ## The larger way to run, as real processes: PostgreSQL, Redis, Ray Serve.
	@sh scripts/test_programs.sh
	$(BIN)/python -m pytest tests/cluster

check: setup ## The quick tests, style, types and the import contracts.
	$(BIN)/ruff check $(CODE)
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -m $(QUICK) $(AT_ONCE)

format: setup ## Put the code into the common form.
	$(BIN)/ruff check --fix $(CODE)
	$(BIN)/ruff format $(CODE)

lock: setup ## Write the lock files and docs/licences.md from what is installed.
	$(BIN)/python scripts/lock.py
	$(BIN)/python scripts/licences.py

audit: setup ## Ask vulnerability services about every locked package; fails on a known hole.
	$(BIN)/python scripts/audit.py

screenshots: setup ## Draw the pictures in docs/screenshots anew.
	@sh scripts/test_programs.sh
	DJANGO_SETTINGS_MODULE=config.settings.test $(BIN)/python -m tests.browser.screenshots

clean: ## Throw away .venv and caches; var/ with its data stays.
	rm -rf .venv .mypy_cache .ruff_cache .hypothesis .import_linter_cache staticfiles

.PHONY: help run setup test live-lane database-lane test-integration test-postgresql test-cluster check format lock audit screenshots clean
