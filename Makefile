# What one does with the site from a shell; `make` alone lists it.

python = .venv/bin/python
# A process that keeps no compiled modules takes twice as long to start, and a run of the tests starts hundreds.
unexport PYTHONDONTWRITEBYTECODE

# A run that must neither see nor touch a developer's own site: no settings but the given ones, a folder of its own.
alone = unset DEBUG SITE_URL HOST PORT WORKERS SECRET_KEY DATABASE_URL CACHE_URL EXTRA_HOSTS TRUSTED_PROXIES TIME_ZONE \
	EMAIL_URL MAIL_FROM ENQUIRY_DAYS SPAM_DAYS VOTE_REASON_DAYS API_QUOTA_ADDRESS API_QUOTA_KEY API_QUOTA_SECONDS \
	CATALOG_IMPORT_URLS CATALOG_IMPORT_HOLD CATALOG_SNAPSHOT CATALOG_LOWEST_PRICE_KINDS LOG_FORMAT SLOW_REQUEST_SECONDS \
	HSTS_INCLUDE_SUBDOMAINS METRICS_TOKEN BACKUP_KEEP BACKUP_HOURS BACKUP_DIR PAGE_CACHE_BYTES REQUIRE_TOTP TRASH_DAYS; \
	scratch=$$(mktemp -d) && trap 'rm -rf "$$scratch"' EXIT && trap 'exit 130' INT TERM && export DATA_DIR="$$scratch"

.PHONY: help serve dev backup restore check test test-database test-journeys test-whole test-browser test-services \
	race-short race fuzz load guide test-all bench bench-served audit pictures fixtures format lock snapshot clean environment \
	development

help:
	@echo "make serve   the site as readers get it, on http://127.0.0.1:8000 (HOST, PORT, DATA_DIR: docs/configuration.md)"
	@echo "make dev     the same, reloading on change, with DEBUG"
	@echo "make backup  one file of the database and the uploads, made while the site runs; make restore FILE=… brings it back"
	@echo "make check   style, templates, import direction, types, security, migrations, settings for the open web"
	@echo "make test    the fast tests, on SQLite; ARGS='-k words' is passed to pytest"
	@echo "make test-database  the tests marked 'database', on PostgreSQL and Redis (TEST_DATABASE_URL, TEST_CACHE_URL)"
	@echo "make test-all       every test on both databases, for an hour, then a table; STAGES='fuzz race' runs some of it:"
	@echo "                    $(STAGES)"
	@echo "make load    200 mixed requests a second for a minute while things break; RATE, SECONDS"
	@echo "make guide   docs/operations.md, run line by line on a new Debian machine (needs root and debootstrap)"
	@echo "make bench   processor time of every page beside a plain Django page; SIZE, DATABASE, PAGES, ARGS='--baseline FILE'"
	@echo "make bench-served  cached pages, exports and saves beside nginx and the database driver; ROUNDS, SECONDS, MODELS"
	@echo "make audit   the pages before the Nu HTML checker and Lighthouse (needs npm, Java and Chromium)"
	@echo "make pictures  the pictures of docs/pictures/ anew (needs Chromium)"
	@echo "make fixtures  the recorded answers of docs/fixtures/ anew"
	@echo "make format  puts code and templates into the form that check asks for"
	@echo "make lock    the two requirements files anew from pyproject.toml; ARGS=--upgrade for newer versions"
	@echo "make snapshot  the starter content's models anew from a file of models.dev or LiteLLM: FILE=api.json, ARGS='--day 2026-07-02'"
	@echo "make clean   removes the environment and caches, never var/"

# What the site needs to run, and that with what its developers need.
environment:
	@sh config/venv.sh

development:
	@sh config/venv.sh requirements-dev.txt

serve: environment
	@$(python) manage.py serve

dev: export DEBUG = 1
dev: development
	@$(python) manage.py serve --reload

backup: environment
	@$(python) manage.py backup $(ARGS)

restore: environment
	@if [ -z "$(FILE)" ]; then echo "Say which backup: make restore FILE=var/backups/…" >&2; exit 1; fi
	@$(python) manage.py restore "$(FILE)" $(ARGS)

# "load" hands the tests out in order: those that empty the database come last, after all that need its first rows.
# Not too many at a time, or one process is done long before the other; nor too few, since tests share what they set up.
pytest = $(python) -m pytest -n 2 --dist load --maxschedchunk 200
elsewhere = not browser and not race and not fuzz
# The files with a mark: of a stage with few tests, collecting all the others takes longer than running some.
marked = $$(grep -rlE --include='*.py' 'mark\.$(1)\b' tests | sort)
define on_both_databases
	@$(alone) && $(1)
	@if [ -n "$$TEST_DATABASE_URL" ]; then \
		$(alone) && DATABASE_URL="$$TEST_DATABASE_URL" $(1) $(2); \
	else \
		echo "Not run on PostgreSQL: TEST_DATABASE_URL is not set."; \
	fi
endef
define on_services
	@if [ -z "$$TEST_DATABASE_URL" ] || [ -z "$$TEST_CACHE_URL" ]; then \
		echo "Set TEST_DATABASE_URL and TEST_CACHE_URL, as postgres://user@host/name and redis://host:6379/0." >&2; exit 1; fi
	@$(alone) && DATABASE_URL="$$TEST_DATABASE_URL" CACHE_URL="$$TEST_CACHE_URL" $(1)
endef

# These five are .ci/run.

check: development
	@.ci/quietly .venv/bin/ruff check .
	@.ci/quietly .venv/bin/ruff format --check .
	@.ci/quietly find templates -name '*.html' -exec .venv/bin/djade --check {} +
	@.ci/quietly .venv/bin/lint-imports --no-logo
	@.ci/quietly .venv/bin/basedpyright
	@.ci/quietly .venv/bin/bandit --quiet --configfile pyproject.toml --recursive config ops publishing articles catalog faq enquiries manage.py
	@$(alone) && .ci/quietly $(python) manage.py makemigrations --check --dry-run
	@$(alone) && .ci/quietly $(python) manage.py check_migrations
	@$(alone) && SITE_URL=https://www.example.com .ci/quietly $(python) manage.py check --deploy --fail-level WARNING

test: development
	@$(alone) && $(pytest) -m "not whole and $(elsewhere)" $(ARGS)

test-database: development
	$(call on_services,$(pytest) -m "database and not whole and $(elsewhere)" $(call marked,database) $(ARGS))

test-journeys: development
	@$(alone) && $(pytest) -m journey $(call marked,journey) $(ARGS)

race-short: development
	$(call on_both_databases,$(pytest) -m short $(call marked,short) $(ARGS))

# The stages of test-all, together every test.

STAGES = check test test-whole test-browser test-services fuzz race load guide

test-all:
	@.ci/stages $(STAGES)

test-whole: development
	@$(alone) && $(pytest) -m whole $(ARGS)

test-browser: development
	@$(alone) && $(pytest) -m browser $(ARGS)

test-services: development
	$(call on_services,$(pytest) -m "$(elsewhere)" $(ARGS))

fuzz: development
	$(call on_both_databases,$(pytest) -m fuzz $(ARGS),--ignore tests/config/test_fuzz.py)

race: development
	$(call on_both_databases,$(pytest) -m race $(ARGS))

load: export RATE ?= 200
load: export SECONDS ?= 60
load: development
	$(call on_both_databases,$(python) -m pytest -s -m race bench/load $(ARGS))

# docs/operations.md on a new Debian machine; it needs root and debootstrap.
guide: development
	@$(alone) && $(python) -m tests.guide

bench: development
	@$(alone) && $(python) -m bench $(if $(SIZE),--size $(SIZE)) $(if $(DATABASE),--database $(DATABASE)) \
		$(if $(PAGES),--pages "$(PAGES)") $(ARGS)

bench-served: development
	$(call on_both_databases,$(python) -m bench.served)

audit: development
	@npm install --prefix .tools/audit --no-save --no-audit --no-fund --silent vnu-jar@26.9.27 lighthouse@13.5.0
	@$(alone) && $(python) -m tests.audit.run .tools/audit

pictures: development
	@$(alone) && $(python) -m tests.audit.pictures docs/pictures

fixtures: development
	@$(alone) && RECORD=1 $(python) -m pytest --quiet tests/catalog/documents/sync/test_recordings.py tests/publishing/api/test_examples.py

format: development
	@.venv/bin/ruff check --fix .
	@.venv/bin/ruff format .
	@find templates -name '*.html' -exec .venv/bin/djade {} +

compile = .venv/bin/uv pip compile --quiet --universal --python-version 3.12 --generate-hashes \
	--custom-compile-command "make lock" $(ARGS)

lock: development
	@$(compile) --output-file requirements.txt pyproject.toml
	@$(compile) --group dev --constraints requirements.txt --output-file requirements-dev.txt pyproject.toml

snapshot: development
	@if [ -z "$(FILE)" ]; then echo "Say which file of models.dev: make snapshot FILE=api.json" >&2; exit 1; fi
	@$(python) manage.py snapshot "$(FILE)" $(ARGS)

clean:
	rm -rf .venv .tools .pytest_cache .ruff_cache .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
