"""`make bench-models`: every model's figures beside their targets, the obvious ways measured in the same minutes.

`python -m tests.bench_models offers churn` measures only these; `--write` puts the table between the markers of ml/README.md.
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
        write(README, as_table(found))
    return int(any(row.is_reached is False for row in found))


def write(readme: Path, table: str) -> None:
    before, _, rest = readme.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    readme.write_text(f"{before}{BEGIN}\n{table}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
