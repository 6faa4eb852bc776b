# make run · make test · make train · make shell · make check: each works on a fresh clone.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: run test train shell check environment clean

run: environment
	@$(BIN)/faqbot serve

test: environment
	@$(BIN)/faqbot train --if-needed
	@$(BIN)/python -m pytest

train: environment
	@$(BIN)/faqbot train

shell: environment
	@$(BIN)/faqbot shell

check: environment
	@$(BIN)/faqbot check
	@$(BIN)/faqbot validate
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

environment:
	@$(PYTHON) tools/environment.py

clean:
	rm -rf .venv .tools .cache .rasa models
