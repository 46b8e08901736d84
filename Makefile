# Everything runs in a private environment (.venv); all it needs is python3 >= 3.11 with venv.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

.PHONY: demo test lint bench soak expect pictures wheel clean

demo: $(READY)  ## watch the whole job on a real IMAP server on this machine
	@$(BIN)/afterword demo

test: $(READY)  ## every test, in parallel
	@$(BIN)/python -m pytest -n 6 --dist worksteal

lint: $(READY)  ## style, types, and who may import whom
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

bench: $(READY)  ## how well and how fast, as ratios
	@$(BIN)/python -m bench

soak: $(READY)  ## two hundred rounds of kill -9 on a real server: one draft each, none twice
	@$(BIN)/python -m bench soak --rounds 200

expect: $(READY)  ## rewrite the expectations of stories, golden drafts and printed docs, for review
	@$(BIN)/python -m daemon.reference docs
	@$(BIN)/python bench/drafts.py --write tests/drafting/golden
	@AFTERWORD_EXPECT=1 $(BIN)/python -m pytest -n auto tests/stories tests/policies/test_policy_articles.py

pictures: $(READY)  ## draw the README's pictures anew; needs Chromium
	@$(BIN)/python docs/pictures.py

wheel: $(READY)
	$(BIN)/python -m build --no-isolation

clean:
	rm -rf .venv dist build

$(READY): constraints.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "afterword needs Python 3.11 or newer; try: make PYTHON=python3.12")'
	@echo "setting up .venv (once) ..."
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r constraints.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(READY)
