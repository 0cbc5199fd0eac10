# The two commands: `make run` starts the lab, `make test` proves it. Both set up all they need.
PYTHON ?= python3
ADDRESS ?= 127.0.0.1
PORT ?= 8501
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help run test lint docs bench screenshots browser node clean

help: ## Show what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

$(VENV)/run.stamp: requirements.txt tools/plotly_bundle.py
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; try: make PYTHON=python3.11")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	$(BIN)/python tools/plotly_bundle.py
	@touch $@

$(VENV)/dev.stamp: requirements-dev.txt requirements-cluster.txt $(VENV)/run.stamp
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

run: $(VENV)/run.stamp ## Set everything up and run the lab on 127.0.0.1 (ADDRESS=, PORT=8501)
	$(BIN)/python -m streamlit run app.py --server.address $(ADDRESS) --server.port $(PORT)

# Node only checks the JavaScript and the workflows. Where it is missing, and is not to be had, all else goes on.
node_modules/stamp: package.json package-lock.json | node
	@if command -v npm >/dev/null; then npm ci --silent --no-fund --no-audit && touch $@; fi

test: $(VENV)/dev.stamp browser node ## Set everything up and run all tests
	@if command -v npm >/dev/null; then npm test --silent; fi
	$(BIN)/python -m pytest --numprocesses 2 --dist loadscope $(ARGS)

lint: $(VENV)/dev.stamp node_modules/stamp ## Check style, types, imports, workflows, and dependencies for known vulnerabilities
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m mypy
	$(BIN)/lint-imports --no-cache --no-logo
	@if command -v npm >/dev/null; then npm run --silent lint; fi
	$(BIN)/python tools/audit.py
	@for kind in py js css; do \
		echo "dissociation/: $$(git ls-files "dissociation/*.$$kind" | xargs cat | wc -l) lines of $$kind"; \
	done
	@echo "directly in dissociation/: $$(git ls-files ':(glob)dissociation/*.py' | wc -l) modules"

$(VENV)/docs.stamp: requirements-docs.txt $(VENV)/run.stamp
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-docs.txt
	@touch $@

docs: $(VENV)/docs.stamp ## Build the manual into site/, which the lab serves at /docs/; warnings are errors
	rm -rf site
	$(BIN)/python -m zensical build --clean --strict

bench: $(VENV)/dev.stamp browser ## Measure speed on this machine and print a table
	$(BIN)/python -m benchmarks $(ARGS)

screenshots: $(VENV)/dev.stamp browser ## Take pictures of every page: docs/ for the manual, screenshots/ to look at
	$(BIN)/python -m benchmarks.screenshots $(ARGS)

browser: ## Get Chromium from Debian if it is missing and that is permitted (CI: nginx, too)
	@sh tests/browser/install.sh

node:
	@sh tests/browser/install.sh node

clean: ## Remove the virtual environment and everything computed
	rm -rf $(VENV) node_modules dissociation/web/built site .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find cache -mindepth 1 ! -name README.md -delete
