# make help lists what can be made

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# on continuous integration, tests also print which lines none of them runs
COVERAGE := $(if $(CI),--cov=galaxyzoo --cov=stages --cov-report=term:skip-covered)
# of the competition: images_training_rev1.zip, and training_solutions_rev1 as .csv or .zip
DATA ?= data/raw
# a branch or commit to compare with; CACHED=1 takes what .dvc/cache holds, and doesn't run it again
BASE ?= main
CODE := galaxyzoo stages params.yaml dvc.yaml versions.yaml requirements.txt
# the stages run as "python -m stages.NAME", in this environment
export PATH := $(CURDIR)/$(BIN):$(PATH)

.PHONY: help in-git setup repro verify experiments pr-report sky-model test lint check format requirements

help: ## list the targets
	@grep -E '^[a-z-]+:.*## ' Makefile | sed 's/:.*## /\t/' | expand -t 14

# DVC needs a repository, and what is committed is compared with: said before anything is installed
in-git:
	@command -v git >/dev/null || { echo "git is not installed; the pipeline needs it"; exit 1; }
	@said=$$(git rev-parse --verify HEAD 2>&1 >/dev/null) || { \
		echo "this is no git repository with a commit, as an archive isn't: clone it instead, or make" \
			"it one by: git init && git add . && git commit -m Archive (git: $$said)" | head -n 1; exit 1; }

setup: in-git $(VENV)/installed ## make .venv, install requirements.txt and the command galaxyzoo

# compat: the package is found by its path, also from the folder above a clone called galaxyzoo
$(VENV)/installed: requirements.txt pyproject.toml | in-git
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; name one: make PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --requirement requirements.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation \
		--config-settings editable_mode=compat --editable .
	$(BIN)/python -m tools.offline_plots
	$(BIN)/python -m galaxyzoo.base.versions
	touch $@

repro: setup ## run the pipeline, as far as anything has changed
	@$(BIN)/python -m galaxyzoo.params
	@$(BIN)/python -m tools.dvc_locks
	$(BIN)/dvc repro
	@$(BIN)/python -m galaxyzoo.report.summary
	@if git diff --quiet HEAD -- $(CODE) && ! git diff --quiet HEAD -- dvc.lock; then \
		echo; echo "Results differ from the committed ones: this processor rounds otherwise (docs/processors.md)"; \
	fi

verify: setup ## rerun the committed pipeline in a temporary clone, and compare every output with dvc.lock
	@$(BIN)/python -m tools.verify

experiments: setup ## compare experiments: what was changed, and the RMSE that changed with it
	@$(BIN)/dvc exp show --only-changed --no-pager \
		--drop 'Created|data|models|plots|metrics$$|.*_(percent|unprojected)'

pr-report: setup ## say what this branch does to the results of BASE=main: pr-report/comment.md
	@$(BIN)/python -m tools.pr_report "$(BASE)" $(if $(CACHED),--cached)

sky-model: setup ## train the model of the sky anew, on the competition's files in DATA=folder (default data/raw)
	$(BIN)/python -m tools.sky_model $(DATA)

test: setup ## run the tests
	$(BIN)/python -m pytest --numprocesses auto --dist loadscope $(COVERAGE)

lint: setup ## check style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

check: setup ## check that dvc.lock is that of the code and the params
	@said=$$($(BIN)/dvc repro --dry --allow-missing) || { echo "$$said"; exit 1; }; \
	if echo "$$said" | grep "^Running stage"; then \
		echo "dvc.lock is older than code or params: make repro, and commit what it writes"; exit 1; \
	else echo "dvc.lock is that of the code and the params"; fi

format: setup ## format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

requirements: ## compile requirements.txt anew from pyproject.toml (needs uv)
	uv pip compile pyproject.toml --extra pipeline --extra astronomy --extra remote --extra serve --group dev --universal --python-version 3.11 \
		--annotation-style line --custom-compile-command "make requirements" \
		--upgrade --quiet --output-file requirements.txt
