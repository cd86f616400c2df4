# `just` lists what can be done

default:
    @just --list

# serve the explorer
app *args:
    uv run kg app {{args}}

# run the tests, or some of them: just test tests/test_verdicts.py
test *args:
    uv run pytest {{args}}

# hold the record to its rules
check *args:
    uv run kg check {{args}}

# linters and types
lint:
    uv run ruff check
    uv run ruff format --check
    uv run mypy

# mend what linters can mend
fix:
    uv run ruff check --fix
    uv run ruff format

# the operating figures of the verdict rules, by simulation
rates:
    uv run python benchmarks/verdict_rates.py

# every tested prediction again, from another first seed
seeds *args:
    uv run python benchmarks/second_seeds.py {{args}}

# write the files that are generated
generate:
    uv run python -m kg.generate

# renew the picture of all residuals in the README
pictures:
    uv run kg export figures --out .kg/pictures
    cp .kg/pictures/residuals.svg docs/residuals.svg

# everything that must hold before a change lands
ci:
    .ci/run
