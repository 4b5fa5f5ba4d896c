.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
TASTEMAKER := $(BIN)/tastemaker
.PHONY: help setup setup-dev run test check bench preprocess movies train evaluate mlflow docs clean lock

help:
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 14

setup: .venv/.installed ## environment in .venv
run: setup ## environment, pages, data, models, server; Ctrl-C stops it
	@$(MAKE) --no-print-directory -q $(PAGES) 2>/dev/null || \
		{ $(BIN)/python -m tastemaker.train.compile_ahead & sh web/build.sh; wait; } || true
	@exec $(TASTEMAKER) up
test: setup-dev ## everything; with the servers that `make servers` started, and says what it left out
	@eval "$$($(BIN)/python -m deploy.servers env)"; $(BIN)/python -m pytest -n 2 --dist loadfile $(ARGS)
check: setup-dev ## style, types, direction of imports
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports
bench: setup-dev ## speed and quality beside peers, printed as tables
	@$(BIN)/python -m benchmarks $(ARGS)
preprocess: setup ## build the feature tables
	@$(TASTEMAKER) preprocess
movies: setup ## extract the catalogue the server loads
	@$(TASTEMAKER) movies
train: setup ## fit the models
	@$(TASTEMAKER) train
evaluate: setup ## table of quality on the ingested data
	@$(TASTEMAKER) evaluate
HOME_FOLDER = $(BIN)/python -c 'from tastemaker.config import load_settings; print(load_settings().home.absolute())'
mlflow: setup ## pages of the recorded trainings
	@$(BIN)/uv run --no-project --isolated --with-requirements requirements-mlflow.lock \
		mlflow server --backend-store-uri "sqlite:///$$($(HOME_FOLDER))/mlflow.db" $(ARGS)
docs: setup-dev ## write docs/openapi.json and docs/configuration.md from the code
	@$(BIN)/python -m docs.generate
clean: ## remove the environment and everything built
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache dist build tastemaker-data

setup-dev: .venv/.installed-dev
.venv/.installed: requirements.lock requirements-uv.lock pyproject.toml
	@PYTHON=$(PYTHON) sh .ci/install requirements.lock && touch $@
.venv/.installed-dev: requirements-dev.lock requirements-uv.lock pyproject.toml
	@PYTHON=$(PYTHON) sh .ci/install requirements-dev.lock && touch $@ .venv/.installed

LOCK = $(BIN)/uv pip compile --python-version 3.11 --universal --generate-hashes --no-emit-index-url -q
EXTRAS = kafka mongo postgres redis s3
lock: setup ## resolve the dependencies again
	$(LOCK) pyproject.toml --group build -o requirements.lock
	$(LOCK) pyproject.toml --group build --group dev --group bench $(EXTRAS:%=--extra %) -c requirements.lock -o requirements-dev.lock
	$(LOCK) pyproject.toml --extra lightfm -c requirements-dev.lock -o requirements-lightfm.lock
	$(LOCK) --group web -o requirements-web.lock
	$(LOCK) --group mlflow -o requirements-mlflow.lock
	$(LOCK) --group s3-server -o requirements-s3-server.lock

.PHONY: servers servers-stop
servers: setup-dev ## Kafka, PostgreSQL, MongoDB protocol, Redis, S3 for the tests; ARGS="redis kafka=9092"
	@$(BIN)/python -m deploy.servers start $(ARGS)
servers-stop: ## stop them; what they hold stays in var/servers
	@$(BIN)/python -m deploy.servers stop $(ARGS)

.PHONY: web dev screenshots bench-web
PAGES = src/tastemaker/api/static/index.html
WEB_SOURCES = $(shell find web -type f -not -path 'web/node_modules/*')
web: $(PAGES) ## build the pages
$(PAGES): $(WEB_SOURCES) requirements-web.lock | setup
	@sh web/build.sh
dev: setup-dev ## API and pages, both reloaded on every change
	@sh web/dev.sh
screenshots: setup-dev web ## pictures of every page into var/screenshots
	@$(BIN)/python -m tests.web.screenshots
bench-web: setup-dev web ## weight, frames of the grid, click to changed row, Lighthouse
	@TASTEMAKER_DATA_DIR=$${TASTEMAKER_DATA_DIR:-.} $(BIN)/python -m benchmarks web lighthouse
