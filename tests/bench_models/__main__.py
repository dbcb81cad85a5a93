"""`make bench-models`: every model's figures beside their targets, the obvious ways measured in the same minutes.

`python -m tests.bench_models offers churn` measures only these; `--write` puts their lines between the markers of ml/README.md, where the
others stay as they were measured.
"""

import os
import sys
from importlib import import_module
from pathlib import Path

import psutil

from tests.bench_models.row import Row, as_table

# Each names a module here whose `rows()` measures one model.
MODELS: tuple[str, ...] = ("offers", "churn", "serving", "rfm", "recommender", "clv", "segments")
README = Path(__file__).parents[2] / "ml" / "README.md"
BEGIN, END = "<!-- bench-models -->", "<!-- /bench-models -->"


def main(arguments: list[str]) -> int:
    chosen = [name for name in arguments if not name.startswith("--")] or list(MODELS)
    if unknown := set(chosen) - set(MODELS):
        print(f"There is no {', '.join(sorted(unknown))}; there are {', '.join(MODELS)}.", file=sys.stderr)
        return 2
    found: list[Row] = []
    for name in chosen:
        print(f"measuring {name} …", file=sys.stderr, flush=True)
        found += import_module(f"tests.bench_models.{name}").rows()
    machine = f"{os.cpu_count()} cores, {psutil.virtual_memory().total / 1e9:.0f} GB"
    print(f"{machine}\n\n{as_table(found)}")
    if "--write" in arguments:
        write(README, found)
    return int(any(row.is_reached is False for row in found))


def write(readme: Path, found: list[Row]) -> None:
    """Each figure's line in the table anew; one that was not measured now keeps its line, one that is new comes last."""
    before, _, rest = readme.read_text(encoding="utf-8").partition(BEGIN)
    table, _, after = rest.partition(END)
    lines = {_label(line): line for text in (table, as_table(found)) for line in text.strip().splitlines()}
    readme.write_text("\n".join([f"{before}{BEGIN}", *lines.values(), f"{END}{after}"]), encoding="utf-8")


def _label(line: str) -> str:
    return line.split("|")[1]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
