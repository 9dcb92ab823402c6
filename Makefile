# Python 3.11+, git and make are needed; the rest is installed into .venv: to run, requirements.txt;
# to test and to lint, requirements-dev.txt too.
PYTHON ?= python3
# make 3.81, which is macOS's, finds programs of the PATH below only through a shell that is set here
SHELL := /bin/bash
export PATH := $(CURDIR)/.venv/bin:$(PATH)
# the code beside this file, whatever is installed
export PYTHONPATH := $(CURDIR)/src

ARCHITECTURES ?=
TRIALS ?= 8

.PHONY: repro check verify tune test test-all lint docs bench mutants faults

repro: check
	python -m archbench.lockfile
	dvc repro
	@echo "Open report/report.html in a browser, or run: . .venv/bin/activate && dvc metrics show"

# DVC reads params.yaml before any stage does, and does not say which key it cannot use.
check: .venv/installed
	python stages/check.py

verify: .venv/installed
	python -m archbench.verify

# the same search for every architecture, or for some: make tune ARCHITECTURES="mlp vit" TRIALS=16
tune: .venv/tools
	python -m archbench.tuning --trials $(TRIALS) $(ARCHITECTURES)

# in minutes, in two processes of one thread each: what shows whether a change is sound
test: .venv/tools
	pytest --numprocesses 2 --dist loadgroup -m "not slow"

# and what takes long, above all which stages rerun after what change
test-all: test
	pytest --numprocesses 2 --dist loadgroup -m slow

# docs/ as a site, with the report and the gallery of the last run: site/index.html
docs: .venv/tools
	mkdocs build --strict

bench: .venv/installed
	python benchmarks/augmentation.py
	python benchmarks/step.py
	python benchmarks/scaling.py
	python benchmarks/world_size.py
	python benchmarks/neighbour.py
	python benchmarks/pipeline.py

mutants: .venv/tools
	mutmut run
	python benchmarks/mutation.py

# Half an hour of kills, flipped bits, full disks and hostile input: docs/faults.md
faults: .venv/tools
	python benchmarks/faults
	python benchmarks/faults_page.py

lint: .venv/tools
	ruff format --check .
	ruff check .
	mypy

.venv/installed: requirements.txt pyproject.toml
	$(PYTHON) -m venv .venv
	pip install --quiet --disable-pip-version-check --requirement requirements.txt
	pip install --quiet --disable-pip-version-check --no-deps --editable .
	touch $@

.venv/tools: .venv/installed requirements-dev.txt
	pip install --quiet --disable-pip-version-check --requirement requirements-dev.txt
	touch $@
