# The two commands of the README, and what developers use. Everything runs in the project's own .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEMO ?=
BENCH ?=
FUZZ ?=
FUZZ_SECONDS ?= 60
# Many tests wait for time to pass: five processes keep two cores busy.
PYTEST ?= --numprocesses=5 --dist=loadfile --no-loadscope-reorder

.PHONY: demo test check types tested compiled format dashboards preview bench fuzz clean

demo: $(VENV)/.installed ## the whole system on simulated cameras; DEMO="--duration 200s --no-tty" passes options
	$(BIN)/sharp-eyes demo $(DEMO)

test: $(VENV)/.installed-dev ## everything a fresh machine needs, then all checks and tests
	sh scripts/system-packages test
	$(MAKE) check

# A program that the tests start again and again is compiled once, also where the environment keeps no bytecode.
check: export PYTHONDONTWRITEBYTECODE :=
check: $(VENV)/.installed-dev ## format, lint, types, tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(MAKE) --jobs=2 types tested

types: $(VENV)/.installed-dev
	$(BIN)/mypy

# Many of the first tests wait: they need not stand idle until the types, which keep one core busy, are checked.
tested: compiled
	$(BIN)/pytest $(PYTEST)

# Every module of tests, once, rather than by each process that runs some. What is wrong with one of them, the tests
# themselves say.
compiled: $(VENV)/.installed-dev
	-$(BIN)/pytest --collect-only --quiet --quiet >/dev/null 2>&1

format: $(VENV)/.installed-dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

dashboards: $(VENV)/.installed-dev ## write the files of the Grafana dashboards anew
	$(BIN)/python -m dashboards

preview: $(VENV)/.installed-dev ## draw them without Grafana, a made-up town in a real Prometheus, into preview/
	sh scripts/system-packages test
	$(BIN)/python -m tests.dashboards preview

bench: $(VENV)/.installed-dev ## load and cost on this machine, side by side with the peers; prints tables
	sh scripts/system-packages bench
	$(BIN)/python -m tests.bench $(BENCH)

fuzz: $(VENV)/.installed-fuzz ## hostile bytes, guided by coverage; FUZZ_SECONDS=600, FUZZ="head frame"; Linux on x86-64
	FUZZ_SECONDS=$(FUZZ_SECONDS) $(BIN)/python -m tests.fuzz $(FUZZ)

$(VENV)/.installed: pyproject.toml constraints.txt scripts/make-venv
	sh scripts/make-venv $(PYTHON) $(VENV) .
	touch $@

$(VENV)/.installed-dev: pyproject.toml constraints.txt scripts/make-venv
	sh scripts/make-venv $(PYTHON) $(VENV) '.[dev]'
	touch $@ $(VENV)/.installed

$(VENV)/.installed-fuzz: pyproject.toml constraints.txt scripts/make-venv
	sh scripts/make-venv $(PYTHON) $(VENV) '.[dev,fuzz]'
	touch $@

clean:
	rm -rf $(VENV) build dist *.egg-info demo-data .mypy_cache .ruff_cache .pytest_cache .hypothesis .fuzz
