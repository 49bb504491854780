# make demo    the main job, offline, on three small sites that run on this machine
# make test    lint, types and all tests
# make bench   what a crawl costs beside a plain pipeline: writes docs/performance.md; an hour, or PAGES=300
# make texts   brings the catalogues of translations up to date with the texts of the review page
# make clean   removes what these two made
#
# Everything is set up in .venv of this folder, again whenever pyproject.toml has changed. Needed: make, and
# a Python of 3.11 or newer. PYTHON=python3.12 in front or behind chooses another one than the first found.

PYTHONS = python3 python3.14 python3.13 python3.12 python3.11 python
IS_NEW_ENOUGH = import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for python in $(PYTHONS); do \
	"$$python" -c "$(IS_NEW_ENOUGH)" 2>/dev/null && echo "$$python" && break; done)
PAGES ?= 200 2000
PIP = .venv/bin/python -m pip -qq --disable-pip-version-check install

# Each run of a site is a new process, which would compile every module anew where this is set.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test bench texts clean

demo: .venv/ready
	@.venv/bin/python -m tests.demo

test: .venv/ready-for-tests
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	.venv/bin/pytest --numprocesses 2 --dist loadfile --durations 20

bench: .venv/ready-for-tests
	.venv/bin/python -m benchmarks.crawl --write --pages $(PAGES)

texts: .venv/ready
	.venv/bin/pybabel -q extract -F pyproject.toml --no-location --sort-output -o .venv/review.pot review
	.venv/bin/pybabel -q update -i .venv/review.pot -d review/locale -D review --no-fuzzy-matching \
		--ignore-obsolete --ignore-pot-creation-date --no-wrap

clean:
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/ready: pyproject.toml
	@"$(PYTHON)" -c "$(IS_NEW_ENOUGH)" 2>/dev/null || { echo \
	"Variorum needs Python 3.11 or newer. Install one (Debian: apt install python3; macOS:" \
	"brew install python), or name it: make demo PYTHON=/path/to/python3.12"; exit 1; }
	@"$(PYTHON)" -c "import ensurepip" 2>/dev/null || { echo \
	"$(PYTHON) can't make virtual environments. On Debian and Ubuntu: apt install python3-venv"; exit 1; }
	@echo "Setting up .venv with $(PYTHON); this takes about a minute, once ..."
	@"$(PYTHON)" -m venv .venv
	@$(PIP) --editable .
	@touch $@

.venv/ready-for-tests: .venv/ready
	@echo "Adding what the tests need ..."
	@$(PIP) --editable ".[dev]"
	@touch $@
