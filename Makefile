# `make` lists the targets. The environment in .venv is made once and again when its inputs change.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: help install demo test endurance lint types docs check clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(INSTALLED) ## make .venv with the package and its tools, at the tested versions

$(INSTALLED): pyproject.toml constraints.txt
	@echo "install: making $(VENV) and installing claimclf at the tested versions (some minutes)"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "claimclf needs Python 3.11 or newer; name one with make PYTHON=...")'
	@test -x $(BIN)/pip || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install -qq --constraint constraints.txt --editable '.[dev,docs,train]'
	@touch $@

demo: $(INSTALLED) ## label the sentences of an example article
	@echo "demo: claimclf predict claimclf/examples/harbour.txt"
	@$(BIN)/claimclf predict claimclf/examples/harbour.txt

test: $(INSTALLED) ## run the test suite, offline
	@echo "test: running pytest"
	@OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n auto $(PYTEST_ARGS)

endurance: $(INSTALLED) ## run the long tests: killed runs, a local cluster, several trainings
	@echo "endurance: installing ray and running the long tests (some minutes)"
	@$(BIN)/python -m pip install -qq --constraint constraints.txt --editable '.[ray]'
	@$(BIN)/python -m pytest -m endurance $(PYTEST_ARGS)

lint: $(INSTALLED) ## check style and format
	@echo "lint: running ruff"
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(INSTALLED) ## check the types
	@echo "types: running mypy"
	@$(BIN)/mypy

docs: $(INSTALLED) ## build the documentation into build/docs, offline
	@echo "docs: building build/docs"
	@$(BIN)/zensical build --clean --strict --config-file mkdocs.yml
	@! grep -rE --include='*.html' '<(script|link|img|iframe)[^>]* (src|href)="?(https?:)?//' build/docs

check: lint types docs test ## everything that must pass before a commit

clean: ## remove .venv and whatever tools left behind
	@echo "clean: removing $(VENV), caches and build output"
	@rm -rf $(VENV) build dist *.egg-info .cache .mypy_cache .pytest_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
