# Two commands matter: `make run` and `make test`. Both bring what they need.
PYTHON ?= python3.11
BIN := .venv/bin

# Where this is set, every start and every test would compile SQLAlchemy and the rest anew: two thirds of a start.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: install install-dev run test test-needs check bench bench-models bench-panel soak lock clean

install: .venv/.installed
install-dev: .venv/.installed-dev

# uv installs the lock in seconds; where it cannot be had, pip does the same, slower.
.venv/.installed: requirements.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv || true
	$(BIN)/uv pip install --quiet -r requirements.lock || $(BIN)/python -m pip install --quiet -r requirements.lock
	$(BIN)/uv pip install --quiet --no-deps -e . || $(BIN)/python -m pip install --quiet --no-deps -e .
	$(BIN)/python -c "import bot.commands.serve"  # Compiles what a start needs; uv leaves that to the first start.
	touch $@

.venv/.installed-dev: .venv/.installed dev-requirements.lock
	$(BIN)/uv pip install --quiet -r dev-requirements.lock || $(BIN)/python -m pip install --quiet -r dev-requirements.lock
	touch $@

run: install
	$(BIN)/sapa migrate
	$(BIN)/sapa demo
	SAPA_PROMPT_APPROVAL=$${SAPA_PROMPT_APPROVAL:-on} $(BIN)/sapa serve

# Hundreds of databases are made and dropped: where memory has room for files, they need not go to the disk.
MEMORY := $(shell df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 && $$4 > 4000000 { print "TMPDIR=/dev/shm" }')

# First two things side by side that keep one processor busy each, then the tests on both: a third one fills the gaps of those that wait
# (a minute for the proof of a picture after a kill, a browser for its service).
test: install-dev
	$(MAKE) --no-print-directory -j 2 check test-needs
	$(MEMORY) $(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder

# What tests need and make when it is missing: a browser, and the models of this version.
test-needs: install-dev
	$(BIN)/python -m tests.bring_browser
	OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 $(BIN)/python -m tests.trained

check: install-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: install-dev
	$(BIN)/python -m tests.bench

bench-panel: install-dev
	$(BIN)/python -m tests.bench_panel $(ASK)

bench-models: install-dev
	$(BIN)/python -m tests.bench_models

soak: install-dev
	$(BIN)/python -m tests.soak

# Writes both locks anew; pins versions only, never where they came from.
lock: install
	$(BIN)/uv pip compile --quiet --upgrade --no-header --no-annotate --no-emit-index-url --python-version 3.11 requirements.in -o requirements.lock
	$(BIN)/uv pip compile --quiet --upgrade --no-header --no-annotate --no-emit-index-url --python-version 3.11 dev-requirements.in -o dev-requirements.lock

clean:
	rm -rf .venv build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache
