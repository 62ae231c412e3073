# What people and CI type. `make` alone lists the targets.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules

BIN := .venv/bin
# sam needs the template's Python on PATH (the virtual environment's).
SAM := PATH="$(CURDIR)/.venv/bin:$$PATH" SAM_CLI_TELEMETRY=0 .venv-sam/bin/sam
PYTHON_SOURCES := $(wildcard layers/core functions cli local tests benchmarks contract scripts)
# As the template's parameter of that name. The embedded AWS builds for the machine's own, in a place of its own.
ARCHITECTURE ?= arm64
# Extra arguments for the tool behind a target: `make test ARGS="-k fleet"`.
ARGS ?=

.PHONY: help
help: ## List the targets
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: bootstrap
bootstrap: ## Install the locked tools into .venv*, .tools and tools/asl (quick when up to date)
	@scripts/bootstrap.sh

.PHONY: demo
demo: bootstrap ## Deploy to the embedded AWS, scan the example fleet, stay up until Ctrl-C (ONCE=1: end after the table)
	@$(BIN)/python -m local.demo $(if $(ONCE),--once) $(ARGS)

.PHONY: test
test: bootstrap ## Run every test, the embedded AWS included
	@# One seed for all workers, another each time: they have to agree on the order of sets, and nothing may depend on it.
	@PYTHONHASHSEED=$$RANDOM $(BIN)/python -m pytest --numprocesses 2 --dist loadgroup $(ARGS)

.PHONY: lint
lint: bootstrap ## Check format, style, types, import direction, template and state machines
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy $(PYTHON_SOURCES)
	$(BIN)/lint-imports --no-cache
	$(BIN)/cfn-lint template.yaml
	$(BIN)/python -m scripts.lint_statemachines

.PHONY: format
format: bootstrap ## Rewrite sources in the house format, and the pages made of them
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/python -m scripts.render_statemachines
	$(BIN)/python -m scripts.render_notices

.PHONY: build
build: bootstrap ## Build functions and layers for AWS into .aws-sam/build (ARCHITECTURE=arm64 or x86_64)
	@$(BIN)/python -m scripts.build --architecture $(ARCHITECTURE)

.PHONY: deploy
deploy: build ## Build, then deploy to AWS (ENVIRONMENT=dev or prod of samconfig.toml; ARGS=--guided asks)
	$(SAM) deploy --config-file $(CURDIR)/samconfig.toml --config-env $(or $(ENVIRONMENT),dev) $(ARGS)

.PHONY: bench
bench: bootstrap ## Measure the scan side by side with other clients, and the functions' cold start
	@$(BIN)/python -m benchmarks $(ARGS)

.PHONY: contract
contract: bootstrap ## Check the simulators with clients nobody here wrote (installs them; not part of `make test`)
	@contract/run.sh $(ARGS)

.PHONY: lock
lock: bootstrap ## Resolve pyproject.toml into locks/ again (UPGRADE=1: to the newest versions)
	@scripts/lock.sh

.PHONY: clean
clean: ## Remove build output and caches, keep the environments
	rm -rf .aws-sam .local .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
