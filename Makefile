# Every task of the workspace. `make help` lists them; CI calls the same ones.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory
SHELL := /bin/sh

export UV_PYTHON_DOWNLOADS := never
export PROMPT NAME OUT
# The tests start hundreds of processes: without bytecode each compiles all that it imports, for two seconds.
unexport PYTHONDONTWRITEBYTECODE

BIN := .venv/bin
NPM := $(BIN)/python -m autocrea.cli.parts.frontend
MEMBERS := $(wildcard libs/*/pyproject.toml services/*/pyproject.toml cli/pyproject.toml)
PACKAGES := contracts chassis testkit simulators cli gateway orchestrator llm_router billing artifacts
# One more than the cores of a small machine: some tests wait.
WORKERS ?= 3

.PHONY: help setup demo up down test test-frontend frontend-dev test-rabbitmq4 bench-generations bench-router bench-router-parser bench-verification bench-ledger bench-feeds bench-neighbour bench-page lighthouse cuts pictures fuzz simulate images images-again images-check images-pin k8s-check release check lint types types-python types-frontend imports architecture generated format generate clean

help: ## Lists every task with a sentence.
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-19s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

demo: .venv/.for-demo ## One application from a prompt to its ZIP, then everything stops. PROMPT="…" NAME=… OUT=… override.
	@set --; \
	[ -z "$$PROMPT" ] || set -- "$$@" "$$PROMPT"; \
	[ -z "$$NAME" ] || set -- "$$@" --name "$$NAME"; \
	[ -z "$$OUT" ] || set -- "$$@" --out "$$OUT"; \
	exec $(BIN)/autocrea demo "$$@"

up: .venv/.for-demo ## The same system, running until Ctrl-C; prints its addresses and a development token.
	@exec $(BIN)/autocrea up

down: .venv/.for-demo ## Ends a stack that was left running.
	@exec $(BIN)/autocrea down

setup: .venv/.for-setup ## Gets uv and the locked environment, test tools included.

check: ## All that must pass: lint, types, import rules, generated files, tests.
	@$(MAKE) -j2 --output-sync lint types-python types-frontend imports generated
	@$(MAKE) test

lint: .venv/.for-setup ## Ruff and Biome: rules and format.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(NPM) run --silent lint

types: types-python types-frontend ## mypy and TypeScript, both strict, on everything.

types-python: .venv/.for-setup
	$(BIN)/mypy $(PACKAGES:%=-p autocrea.%)
	$(BIN)/mypy deploy $(wildcard benchmarks/*.py)
	@set -e; for folder in $(wildcard benchmarks/*/.); do \
		echo "$(BIN)/mypy $$folder"; MYPYPATH=$$folder $(BIN)/mypy $$folder; \
	done # each is a program of its own

types-frontend: .venv/.for-setup
	$(NPM) run --silent types

imports: .venv/.for-setup ## The import rules.
	$(BIN)/lint-imports

architecture: imports ## The import rules and the rules of the tree.
	$(BIN)/pytest -q tests/architecture

generated: .venv/.for-setup ## Names the generated files that are not what `make generate` writes.
	$(BIN)/python -m autocrea.testkit.generate --check
	$(NPM) run --silent generated

test: .venv/.for-setup ## All tests, on real servers that they start themselves. WORKERS=n at a time.
	$(BIN)/pytest -n $(WORKERS) --dist loadgroup
	$(NPM) run --silent test

test-frontend: .venv/.for-setup ## The front end's own tests alone.
	$(NPM) run --silent test

frontend-dev: .venv/.for-setup ## The front end from its sources, reloading as they change, in front of a stack that runs (make up).
	$(NPM) run dev

test-rabbitmq4: .venv/.for-setup ## The chassis' tests, a journey and the manifests' broker on RabbitMQ 4, in a root folder of its own (needs root).
	@root=$$($(BIN)/python -m autocrea.cli.parts.debian_root); code=$$?; \
	[ $$code -ne 3 ] || { echo "skipped: $$root"; exit 0; }; \
	[ $$code -eq 0 ] || exit $$code; \
	AUTOCREA_RABBITMQ_ROOT="$$root" $(BIN)/pytest -n $(WORKERS) --dist loadgroup libs/chassis tests/integration/journeys/test_completed.py tests/deploy/test_broker_objects.py

bench-router-parser: .venv/.for-setup ## The parser of what models write, in MB/s, beside a regular expression (half a minute).
	$(BIN)/python benchmarks/router_parser.py

bench-verification: .venv/.for-setup ## The verification of 40 KB and of 1 MiB, beside a bare ast.parse (half a minute).
	$(BIN)/python benchmarks/verification.py

bench-generations: .venv/.for-setup ## Whole generations a second, beside Celery's chains on the same broker (four minutes).
	$(BIN)/python benchmarks/generations

bench-router: .venv/.for-setup ## The router from queue to queue, beside LiteLLM's proxy and plain httpx (three minutes).
	$(BIN)/python benchmarks/router

bench-ledger: .venv/.for-setup ## Captures a second, with one hot account and with many, beside pgbench's own limit (one minute).
	$(BIN)/python benchmarks/ledger

bench-neighbour: .venv/.for-setup ## Ten thousand requests of one person while another works: the other's p99 beside its quiet value (seven minutes).
	$(BIN)/python benchmarks/neighbour

bench-page: .venv/.for-setup ## How smoothly a page follows 200 files and 1 MiB of text, in a real browser beside the stack (three minutes).
	$(BIN)/python benchmarks/page

lighthouse: .venv/.for-setup ## Lighthouse's figures for Crear, a finished generation and Tokens, on a phone and on a desk (three minutes).
	$(BIN)/python benchmarks/lighthouse

cuts: .venv/.for-setup ## A model's answer cut at every one of its bytes, through the broker (ten minutes).
	CUT_STRIDE=1 $(BIN)/pytest -q services/llm-router/tests/adapters/test_cut_answers.py services/llm-router/tests/entrypoints/test_router_cuts.py

bench-feeds: .venv/.for-setup ## 5,000 open streams on one gateway while 50 generations run; and killed in mid-stream (five minutes).
	$(BIN)/python benchmarks/feeds

pictures: .venv/.for-setup ## Takes the pictures of docs/images anew, from a running system in a real browser (two minutes).
	$(BIN)/pytest -q tests/integration/browser/pictures.py

fuzz: .venv/.for-setup ## The parsers of what models and providers send, fed with anything. FUZZ_SECONDS=60.
	FUZZ_SECONDS=$(or $(FUZZ_SECONDS),60) FUZZ_SEED=$(FUZZ_SEED) $(BIN)/python services/llm-router/tests/fuzz

simulate: .venv/.for-setup ## Saga and ledger under a bad broker, seed by seed: SEEDS=n of them, or SEED=n again with all that happened.
	$(BIN)/python tests/simulation/simulate.py --seeds $(or $(SEEDS),10000) $(if $(SEED),--seed $(SEED))

images: .venv/.for-setup ## Builds every image here, without a daemon (buildah, root). BASE_IMAGE=… UV_IMAGE=… NODE_IMAGE=….
	$(BIN)/python deploy/build_images.py

images-again: .venv/.for-setup ## The same twice, the second time in the opposite order; the digests must be the same.
	$(BIN)/python deploy/build_images.py --again

images-check: .venv/.for-setup ## Starts each image as one more replica of a stack that runs here; they take part in three generations.
	$(BIN)/python deploy/check_images.py

images-pin: .venv/.for-setup ## Writes the digests of the images that were built last into what staging and production run. REGISTRY=….
	$(BIN)/python deploy/pin_images.py $(REGISTRY)

k8s-check: .venv/.for-setup ## The manifests: strict schemas, checkov, alerts, hadolint, rules across objects. CRD_SCHEMAS=folder of definitions.
	$(BIN)/python deploy/check_manifests.py

release: .venv/.for-setup ## Wheels, page and images, each built twice to the same bytes; bills, licences, notes, sums in dist. IMAGES=0: no images.
	$(BIN)/python deploy/release.py

format: .venv/.for-setup ## Formats the code and mends what the linters can mend.
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(NPM) run --silent format

generate: .venv/.for-setup ## Writes what is generated: schema.sql of each database, docs/reference, the front end's API client.
	$(BIN)/python -m autocrea.testkit.generate
	$(NPM) run --silent generate

clean: ## Removes environments, caches and the state folder of a stack that is down.
	@[ ! -x $(BIN)/autocrea ] || $(BIN)/autocrea down
	rm -rf .tools .venv .autocrea frontend/node_modules frontend/dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

# Stamps: the environment is looked at again only when a lock or a pyproject.toml has changed.
.venv/.for-demo: scripts/bootstrap pyproject.toml uv.lock $(MEMBERS)
	@scripts/bootstrap --no-dev --inexact
	@touch $@

.venv/.for-setup: scripts/bootstrap pyproject.toml uv.lock $(MEMBERS) frontend/package-lock.json
	@scripts/bootstrap
	@$(NPM)
	@touch $@ .venv/.for-demo
