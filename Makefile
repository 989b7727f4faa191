# NexusAI: one command per job. `make help` lists them.
PYTHON ?= python3
PORT ?= 8888
DATA ?= var
BASE ?= 83aea6a
BENCH_ARGS ?=
PYTEST_ARGS ?=
TEST_WORKERS ?= 2
TEST_RETRIES ?= 2
BIN := .venv/bin
# the longest first
LINT := lint-types lint-front-end lint-style lint-layers
BOTH_CORES := $(MAKE) --no-print-directory -j 2 $(if $(filter output-sync,$(.FEATURES)),--output-sync=target)
COMPILE := --python-version 3.11 --no-emit-index-url --no-emit-find-links --no-header --no-annotate

.DEFAULT_GOAL := help
.PHONY: help run demo check checks $(LINT) test-front-end test test-long lint locale format bench bench-before docs gallery image images wheel lock setup setup-dev setup-test setup-long clean

help:  ## Show this list
	@grep -hE '^[a-z%-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

setup:  ## Set up everything that the platform needs
	@$(PYTHON) scripts/bootstrap.py run

setup-dev:  ## Set up the virtual environment with the developers' packages
	@$(PYTHON) scripts/bootstrap.py dev

setup-test:  ## Set up everything that the tests need
	@$(PYTHON) scripts/bootstrap.py test

setup-long:  ## Set up everything that the long tests need, Firefox too
	@$(PYTHON) scripts/bootstrap.py long

run:  ## Set up everything, then serve on http://localhost:8888 (PORT=, DATA=)
	@$(PYTHON) scripts/bootstrap.py run --port $(PORT)
	@NEXUS_SERVER_USER="$${NEXUS_SERVER_USER-nexus}" exec $(BIN)/nexus serve --port $(PORT) --data $(DATA)

demo: setup  ## Run a learner's whole journey headless; the last line is one JSON object
	@$(BIN)/nexus demo

check: checks  ## Style, types, layers, unit tests and the front end's tests: before each commit
	$(BIN)/python -m pytest -q -n $(TEST_WORKERS) --dist loadscope tests/unit $(PYTEST_ARGS)

test: setup-test checks  ## Set up what tests need, then run every check and test
	$(BIN)/python -m pytest -n $(TEST_WORKERS) --dist loadscope --no-loadscope-reorder --reruns $(TEST_RETRIES) $(PYTEST_ARGS)

test-long: setup-long  ## Thousands of gradings and kernel starts that must leave nothing (NEXUS_LONG_GRADINGS, NEXUS_LONG_STARTS)
	$(BIN)/python -m pytest -m long --hypothesis-profile=search $(PYTEST_ARGS)
	$(BIN)/python -m pytest -q --hypothesis-profile=search tests/unit $(PYTEST_ARGS)

lint: setup-dev  ## Style, types and layers, of Python and of the front end
	@$(BOTH_CORES) $(LINT)

checks: setup-dev
	@$(BOTH_CORES) $(LINT) test-front-end

lint-types:
	$(BIN)/mypy

lint-front-end:
	$(PYTHON) scripts/front_end.py lint

# after the linter, which makes the API's types anew, as the tests do
test-front-end: lint-front-end
	$(PYTHON) scripts/front_end.py test

lint-style:
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

lint-layers:
	$(BIN)/lint-imports

locale: setup-dev  ## Take new texts over into the catalogs, then say what is not translated
	$(BIN)/python scripts/catalogs.py update
	$(BIN)/python scripts/catalogs.py check

format: setup-dev  ## Rewrite the code in the project's style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(patsubst benchmarks/%.py,bench-%,$(filter-out benchmarks/_%,$(wildcard benchmarks/*.py)))  ## Run every benchmark, and write its figures into the docs
	$(BIN)/python -m benchmarks._figures

bench-before: setup-dev  ## Build an earlier commit beside the tree, once (BASE=)
	@$(PYTHON) scripts/before.py $(BASE)

bench-hostile bench-arrival bench-start: bench-before
bench-hostile bench-arrival bench-start: BENCH_BASE := --base $(BASE)

bench-%: setup-test  ## Run one benchmark; the result goes to benchmarks/results/ (BENCH_ARGS=)
	$(BIN)/python -m benchmarks.$* $(BENCH_BASE) $(BENCH_ARGS)

profile-%: setup-test  ## Show where the time goes, as a flame graph in build/profiles/ (start, reads, grading)
	$(BIN)/python -m benchmarks._profile $*

gallery: setup-test  ## Build the gallery of components (/nexus/gallery/), and take its pictures into build/gallery/
	cd labextension && npm run -s build:gallery
	$(BIN)/python -m tests.browser.pictures

lock: setup-dev  ## Pin the packages of pyproject.toml anew in requirements/
	$(BIN)/uv pip compile -q $(COMPILE) --extra dev pyproject.toml -o requirements/dev.txt
	$(BIN)/uv pip compile -q $(COMPILE) -c requirements/dev.txt pyproject.toml -o requirements/run.txt

wheel: setup setup-dev  ## Build the wheel that `pip install` takes, in dist/
	$(BIN)/python -m hatchling build -t wheel -d dist

images: setup setup-dev  ## Build every kernel image, the optional ones too
	@$(BIN)/nexus images --all

image: setup setup-dev  ## Build the server's container image, nexus-server, without an image registry
	@$(BIN)/python scripts/server_image.py

docs: setup-dev  ## Write the reference pages from the code, and build the site in docs/_build/html
	$(BIN)/python scripts/reference.py
	@$(PYTHON) scripts/docs_site.py
	@echo "open docs/_build/html/index.html"

clean:  ## Remove the virtual environment and build output; data in var/ stays
	rm -rf .venv build dist nexus_server/labextension nexus_server/static labextension/lib labextension/node_modules
