# Zhanrong. `make help` lists the targets; what they do is in scripts/ and in the packages.
PYTHON ?= python3
PORT ?= 8501
ADDRESS ?= 127.0.0.1
SOAK ?= 6
# Compiled modules are kept, whatever the machine's habit: each server, worker and command would compile all of them anew.
export PYTHONDONTWRITEBYTECODE :=
VENV := .venv
PY := $(VENV)/bin/python

.DEFAULT_GOAL := help
.PHONY: help environment environment-dev run sample test lint format bench templates messages reconcile clean

help: ## List the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 12

environment:
	@$(PYTHON) scripts/environment.py

environment-dev:
	@$(PYTHON) scripts/environment.py --dev

run: environment ## Serve the dashboard (PORT=8501, ADDRESS=127.0.0.1); makes the demo city first if there is no store
	@$(PY) -m sample_data.build --if-absent
	@exec $(PY) -m streamlit run asgi.py --server.address $(ADDRESS) --server.port $(PORT)

sample: environment ## Make the demo city anew: its workbooks and its store
	@$(PY) -m sample_data.build

templates: environment ## Write a blank workbook for every import table to var/templates
	@$(PY) -m data_access.importing templates

reconcile: environment ## Recompute every published figure from the store, one JSON object a line
	@$(PY) -m sample_data.build --if-absent
	@$(PY) -m scripts.reconcile

# One worker a core, but three even on two cores: the one that drives the browser mostly waits for it.
WORKERS ?= $(shell $(PYTHON) -c "import os; print(min(max(3, os.cpu_count() or 1), 8))")

test: environment-dev ## Run every test
	@$(PY) -m pytest -n $(WORKERS) --dist loadfile -q

lint: environment-dev ## Check style, types, the direction of imports, translations, and known vulnerabilities
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy
	@$(VENV)/bin/lint-imports
	@$(PY) -m scripts.messages --check
	@$(PY) -m scripts.audit

format: environment-dev ## Put the code into the house's form
	@$(PY) -m ruff check --fix .
	@$(PY) -m ruff format .

messages: environment ## Collect new texts into the catalogues and drop those no longer used
	@$(PY) -m scripts.messages

bench: environment-dev ## Measure speed and memory against the budgets; writes benchmarks/latest.json (SOAK=60: an hour)
	@$(PY) -m benchmarks --soak $(SOAK)

clean: ## Remove the environment, the demo store and every cache
	@rm -rf $(VENV) var .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
