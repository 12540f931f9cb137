"""Reads the figures and the prices, and writes the tables of docs/OPERATIONS.md."""

from __future__ import annotations

import argparse
import pathlib
import sys

from . import model, tables

SCRIPTS = pathlib.Path(__file__).resolve().parents[1]
PAGE = SCRIPTS.parent / "docs" / "OPERATIONS.md"
USUAL = [0, 1_000, 100_000, 1_000_000]


def read(path: pathlib.Path) -> dict[str, float]:
    """The first two columns of a table with tabs between."""
    lines = [line for line in path.read_text().splitlines() if line and not line.startswith("#")]
    return {name: float(value) for name, value, *_ in (line.split("\t") for line in lines)}


def players(text: str) -> int:
    """A number of players."""
    number = int(text.replace(",", ""))
    if not 0 <= number <= 100_000_000:
        raise argparse.ArgumentTypeError("0 to 100,000,000 players")
    return number


def main() -> int:
    """Prints the tables, or writes them."""
    parser = argparse.ArgumentParser(prog="capacity", description=__doc__)
    parser.add_argument("players", nargs="*", type=players, help="at the same time, 0 for nobody")
    parser.add_argument("--write", action="store_true", help="into docs/OPERATIONS.md")
    parser.add_argument("--check", action="store_true", help="that docs/OPERATIONS.md has these tables")
    args = parser.parse_args()
    figures = read(SCRIPTS / "capacitylib" / "figures.tsv")
    prices = read(SCRIPTS / "operatelib" / "prices.tsv")
    needs = [model.need(count, figures) for count in args.players or USUAL]
    costs = [model.cost(what, figures, prices) for what in needs]
    text = tables.both(needs, costs)
    if args.write:
        PAGE.write_text(tables.put(PAGE.read_text(), text))
    elif args.check:
        page = PAGE.read_text()
        if tables.put(page, text) != page:
            print("capacity: docs/OPERATIONS.md is older than the figures: ./scripts/capacity --write")
            return 1
    else:
        print(text)
    return 0


sys.exit(main())
