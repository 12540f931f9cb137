"""Results and leaderboards: games recorded per second, and pages among few players and among many.

The measuring is done by examples/results_bench.rs; here are the servers that it needs, and the table.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime
import json
import os
import pathlib
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from typing import Any

import machine
import page
from clusterlib import building, ports
from clusterlib.dynamodb import DynamoDB
from clusterlib.state import State
from clusterlib.valkey import Valkey

PLAYERS, GAMES = 1_000_000, 4_000
WITHIN = 3600.0
HERE = "127.0.0.1"


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench results", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small and short, nothing written")
    args = parser.parse_args(words)
    found = measure(args.quick)
    print(table(found))
    if not args.quick:
        write(found)
    return 0


def measure(quick: bool) -> dict[str, Any]:
    about = {
        "machine": machine.describe(),
        "commit": machine.commit(),
        "date": datetime.date.today().isoformat(),
        "busy": machine.busy_share(),
    }
    program = _program()
    players, games = (PLAYERS // 50, GAMES // 10) if quick else (PLAYERS, GAMES)
    with stores() as environment:
        done = subprocess.run(
            [program, str(players), str(games)],
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
            timeout=WITHIN,
        )
    return about | json.loads(done.stdout)


@contextlib.contextmanager
def stores() -> Iterator[dict[str, str]]:
    """Valkey and moto of the bench's own, and what tells a program of ours where they are."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="results-bench-"))
    state = State(folder)
    try:
        state.begin(id=secrets.token_hex(3))
        setup = {
            "server": str(building.valkey_server()),
            "kind": "single",
            "host": HERE,
            "ports": ports.free(1),
            "password": secrets.token_urlsafe(24),
            "aof": False,
        }
        state.put("valkey", setup)
        valkey = Valkey(state)
        valkey.start()
        dynamodb = DynamoDB.prepare(state, building.moto(), HERE, 0)
        dynamodb.start(building.server())
        yield {**dynamodb.environment(), "VALKEY_URL": valkey.url()}
    finally:
        for program in reversed(list(state.programs().values())):
            program.kill()
        shutil.rmtree(folder, ignore_errors=True)


def _program() -> pathlib.Path:
    """RESULTS_BENCH_BIN, or the release build of the example."""
    if given := os.environ.get("RESULTS_BENCH_BIN"):
        return pathlib.Path(given).resolve(strict=True)
    command = ["cargo", "build", "--release", "--locked", "--example", "results_bench"]
    subprocess.run(command, cwd=machine.ROOT, check=True)
    return machine.RELEASE / "examples" / "results_bench"


def table(found: dict[str, Any]) -> str:
    rows = [*_recorders(found), *_boards(found)]
    head = ["| what | measured | compared with | ratio | goal | kept |", "| --- " * 6 + "|"]
    return "\n".join(head + ["| " + " | ".join(map(str, row)) + " |" for row in rows])


def _recorders(found: dict[str, Any]) -> Iterator[list[str]]:
    for name, label in (("recorderSqlite", "SQLite"), ("recorderDynamodb", "DynamoDB (moto)")):
        one = found[name]
        # Milliseconds a game, so that the ratio says how much longer the recorder takes.
        bare = ("the same eight at a time, without outbox", 1e3 / one["barePerSecond"])
        label = f"a game by one recorder, {label}, {one['games']} games: {one['perSecond']:.0f} a second"
        yield page.row(label, 1e3 / one["perSecond"], "ms", 2, bare)
        if requests := one["requestsPerGame"]:
            yield page.row("requests for each game", requests, "", 2)


def _boards(found: dict[str, Any]) -> Iterator[list[str]]:
    for name, label in (("boardsSqlite", "SQLite"), ("boardsValkey", "Valkey")):
        one = found[name]
        what = {"page": "top 100 and own rank", "set": "two standings set"}
        for part, text in what.items():
            few, many = one[part]["few"][0], one[part]["many"][0]
            against = (f"with {one['few']:,} players", few)
            yield page.row(f"{text}, {label}, {one['many']:,} players, p50", many, "ms", 3, against)
    again = found["rebuild"]
    yield page.row(f"leaderboards built again, {again['standings']:,} standings", again["seconds"], "s")


def write(found: dict[str, Any]) -> None:
    text = [
        f"`./scripts/bench results` on {found['date']}, commit `{found['commit']}`: {found['machine']}; "
        f"before the run the machine was {found['busy']:.0%} busy with other things.",
        "",
        table(found),
    ]
    page.put("results", "\n".join(text))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
