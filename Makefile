# The two commands are `make run` and `make test`; the rest is for who works on the bot.
PYTHON ?= python3
PIP = .venv/bin/pip --disable-pip-version-check --quiet
SOURCES = bot handlers tests bench content/covers.py content/report_template.py docs/check_contest.py docs/check_prizes.py locales/fonts.py

# Tests end processes, not machines: a disk that is memory loses nothing by it, and is quicker.
# Much of a test's time is waiting, so there is one worker more than two cores need.
IN_MEMORY = $(if $(wildcard /dev/shm/.),PYTEST_DEBUG_TEMPROOT=/dev/shm)

# Else each process that a test starts would compile all of the bot anew.
unexport PYTHONDONTWRITEBYTECODE

run: .venv/.ready
	.venv/bin/caunoi serve

# The browser is fetched while the code is looked through.
test: .venv/.ready-test
	$(MAKE) --no-print-directory --jobs 2 prepared looked-through
	$(IN_MEMORY) .venv/bin/pytest --numprocesses 3 --dist worksteal

prepared: .venv/.ready-test
	.venv/bin/python tests/prepare.py

looked-through: .venv/.ready-test
	.venv/bin/ruff format --check $(SOURCES)
	.venv/bin/ruff check $(SOURCES)
	.venv/bin/mypy
	.venv/bin/bandit --quiet --recursive bot handlers --configfile pyproject.toml
	.venv/bin/caunoi check

# The same tests with every line and branch counted: more than twice as long.
coverage: .venv/.ready-test
	.venv/bin/python tests/prepare.py
	rm -f .coverage .coverage.*
	$(IN_MEMORY) .venv/bin/coverage run -m pytest --numprocesses 3 --dist worksteal
	.venv/bin/coverage combine --quiet
	.venv/bin/coverage report

bench: .venv/.ready-test
	.venv/bin/python -m bench

# Every fault of the table, then broadcasts whose processes are killed 200 times; the tests hold a short form.
chaos: .venv/.ready-test
	.venv/bin/python -m bench.chaos --faults --kills 200

# Random walks through the whole bot on both databases, 50,000 steps, and the routes that they never came by; ledger and
# contest against their models for long. The tests hold short forms of all three.
walk: .venv/.ready-test
	WALK_STEPS=50000 $(IN_MEMORY) .venv/bin/pytest -s tests/test_walk.py
	STATEFUL_EXAMPLES=1000 $(IN_MEMORY) .venv/bin/pytest tests/test_stateful.py

# Every parser with 10,000 inputs and more, other ones each time; the tests hold a short form.
fuzz: .venv/.ready-test
	rm -f var/fuzz.md; mkdir -p var
	$(IN_MEMORY) FUZZ_INPUTS=$(or $(INPUTS),10000) FUZZ_FIGURES=var/fuzz.md .venv/bin/pytest $(wildcard tests/test_hostile_*.py) tests/test_http_surface.py
	cat var/fuzz.md

# Small faults put into broadcast, contest and claims, one at a time, and how many of them the quick tests notice: the score and
# what nothing noticed, in var/mutation.md. `make mutation SUBJECT=claims`; SAMPLE=40 of each module; AGAIN=1 only what is not noticed yet.
mutation: .venv/.ready-test
	PYTHONPATH=. $(IN_MEMORY) .venv/bin/python -m bench.mutation $(SUBJECT) --sample $(or $(SAMPLE),0) $(if $(JOBS),--jobs $(JOBS)) $(if $(AGAIN),--again)

# All that is installed for the bot, with versions and hashes, as CycloneDX: the same lock gives the same file.
sbom: .venv/.ready-test
	mkdir -p var
	.venv/bin/cyclonedx-py requirements requirements.lock --pyproject pyproject.toml --output-reproducible --short-PURLs --output-file var/sbom.json

# Whether something known is wrong with a package of the locks: asks a database of advisories over the network, and ends with
# a fault where none answers (UNASKED=passes: says so and goes on).
audit: .venv/.ready-test
	.venv/bin/python tests/audit.py $(if $(filter passes,$(UNASKED)),--unasked-passes)

# After changing what is said in the code: collects the texts into every catalogue.
messages: .venv/.ready-test
	.venv/bin/pybabel -q extract -F locales/babel.cfg -k say -k count:1,2 -k words -k later --no-location --sort-output --no-default-keywords -o locales/messages.pot bot handlers
	for po in locales/*/LC_MESSAGES/messages.po; do \
	  .venv/bin/pybabel -q update --ignore-obsolete --no-fuzzy-matching --ignore-pot-creation-date -i locales/messages.pot -o $$po -l $$(basename $$(dirname $$(dirname $$po))); done

# After changing the dependencies in pyproject.toml.
lock:
	uv pip compile pyproject.toml --extra build --extra test --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --quiet --output-file requirements-test.lock $(UPGRADE)
	uv pip compile pyproject.toml --extra build --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --quiet --constraint requirements-test.lock --output-file requirements.lock

# The pictures in content/media, drawn from their SVG.
covers: .venv/.ready-test
	.venv/bin/python content/covers.py

# The template of a plan's reports as it came: an office edits content/report.docx itself, in Word.
template: .venv/.ready-test
	PYTHONPATH=. .venv/bin/python content/report_template.py

.venv/.ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed") if sys.version_info < (3, 11) else 0'
	@test -x .venv/bin/python || $(PYTHON) -m venv .venv
	@echo "Installing what the bot needs into .venv (once)"
	@$(PIP) install --require-hashes --requirement requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.ready-test: .venv/.ready requirements-test.lock
	@echo "Installing what the tests need into .venv (once)"
	@$(PIP) install --require-hashes --requirement requirements-test.lock
	@touch $@

.PHONY: run test prepared looked-through coverage bench chaos walk fuzz mutation sbom audit messages lock covers template
