"""The command line of `scripts/bench pods`."""

from __future__ import annotations

import argparse
import datetime
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time
import traceback
import unittest
from typing import Any

import machine
import page
from clusterlib import building
from clusterlib.errors import RigError
from clusterlib.network import why_no_namespaces

from . import clicks, costs, failover, joins, resume, rolling, table
from .load import LoadError
from .stage import Setting

# In the order of the table.
PARTS = {
    "clicks": clicks.measure,
    "joins": joins.measure,
    "costs": costs.measure,
    "kill": lambda setting: resume.measure(setting, "kill"),
    "stop": lambda setting: resume.measure(setting, "stop"),
    "cut": lambda setting: resume.measure(setting, "cut"),
    "rolling": rolling.measure,
    "failover": failover.measure,
}
GROUPS = {"resume": ("kill", "stop", "cut")}
DONE, FAILED, UNUSABLE, INTERRUPTED = 0, 1, 2, 130
# What went wrong in one part is told, and the next part has its turn.
TOLD = (RigError, LoadError, OSError, subprocess.TimeoutExpired, TimeoutError)
FOLDER = building.ROOT / ".overcookied" / "bench"


def main(words: list[str]) -> int:
    args = _arguments(words)
    if args.self_test:
        return _self_test()
    # Ended by somebody else, it must still take its programs along.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(INTERRUPTED))
    try:
        return _run(args)
    except RigError as error:
        say(f"bench: {error}")
        return UNUSABLE
    except KeyboardInterrupt:
        say("bench: interrupted; everything is stopped")
        return INTERRUPTED


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _run(args: argparse.Namespace) -> int:
    found, setting = _begin(args), _setting(args)
    measured: dict[str, Any] = {}
    try:
        for name in _named(args.parts):
            say(f"bench: {name} ...")
            measured[name] = _measure(name, setting)
            found["parts"] = {n: p for n in PARTS if (p := {**found["parts"], **measured}.get(n))}
            if not args.quick:
                _keep(FOLDER / "pods.json", found)
        return _end(args, found, measured, setting)
    finally:
        if not any(part["failed"] for part in measured.values()):
            shutil.rmtree(setting.folder, ignore_errors=True)


def _begin(args: argparse.Namespace) -> dict[str, Any]:
    """What the table begins with: the last figures of the parts that are not measured now."""
    why = "it was asked for" if args.loopback else why_no_namespaces()
    found = {
        "machine": machine.describe(),
        "cores": os.cpu_count(),
        "network": f"127.0.0.1 ({why})" if why else "network namespaces",
        "parts": {},
    }
    if not args.quick:
        try:
            found["parts"] = json.loads((FOLDER / "pods.json").read_text())["parts"]
        except (FileNotFoundError, ValueError, KeyError):
            pass
    return found


def _measure(name: str, setting: Setting) -> dict[str, Any]:
    about = {
        "date": datetime.date.today().isoformat(),
        "commit": machine.commit(),
        "busyBefore": machine.busy_share(),
    }
    began = time.monotonic()
    try:
        part = PARTS[name](setting)
    except TOLD as error:
        traceback.print_exc()
        part = {"error": str(error), "failed": [" ".join(str(error).split())]}
    part["about"] = {**about, "seconds": round(time.monotonic() - began)}
    say(json.dumps({name: part}, indent=1))
    return part


def _end(args, found: dict[str, Any], measured: dict[str, Any], setting: Setting) -> int:
    shown = found if args.parts == [] or args.write else {**found, "parts": measured}
    print(table.markdown(shown))
    if args.json:
        _keep(args.json, shown)
    if not args.quick and (args.write or not args.parts):
        table.write(page.PAGE, found)
        say(f"bench: written to {page.PAGE.relative_to(building.ROOT)}")
    broken = {name: part["failed"] for name, part in measured.items() if part["failed"]}
    for name, failed in broken.items():
        say(f"\nbench: {name} FAILED")
        for text in failed:
            say(f"  {text}")
    if broken:
        say(f"bench: FAILED: {', '.join(broken)}. Logs are in {setting.folder}")
    return FAILED if broken else DONE


def _keep(path: pathlib.Path, found: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(found, indent=1) + "\n")


def _named(words: list[str]) -> list[str]:
    chosen = {name for word in words for name in GROUPS.get(word, (word,))}
    return [name for name in PARTS if name in chosen or not chosen]


def _setting(args: argparse.Namespace) -> Setting:
    if not args.loopback:
        building.network_tools()
    upgrade = building.next_server() if "rolling" in _named(args.parts) else None
    return Setting(
        binary=building.server(),
        pages=building.pages(),
        haproxy=building.haproxy(),
        valkey_server=building.valkey_server(),
        echo=_echo() if "clicks" in _named(args.parts) else None,
        upgrade=upgrade,
        folder=FOLDER / time.strftime("%Y%m%d-%H%M%S"),
        loopback=args.loopback,
        quick=args.quick,
        kills=args.kills or (3 if args.quick else 100),
        duels=args.duels or (20 if args.quick else 250),
        rounds=args.rounds or (1 if args.quick else 3),
        say=say,
    )


def _echo() -> pathlib.Path | None:
    """The echo server: BARE_ECHO_BIN, or the release build of the example."""
    given = os.environ.get("BARE_ECHO_BIN")
    if given:
        return pathlib.Path(given).resolve(strict=True)
    command = ["cargo", "build", "--release", "--locked", "--example", "bare_echo"]
    if subprocess.run(command, cwd=building.ROOT, check=False).returncode != 0:
        raise RigError("the bare echo server cannot be built; BARE_ECHO_BIN names one")
    return machine.RELEASE / "examples" / "bare_echo"


def _self_test() -> int:
    here = pathlib.Path(__file__).parent
    found = unittest.defaultTestLoader.discover(str(here / "tests"), top_level_dir=str(here.parent))
    ran = unittest.TextTestRunner().run(found)
    return DONE if ran.wasSuccessful() and ran.testsRun else FAILED


def _arguments(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="bench pods",
        description="Measures three pods behind HAProxy. A run in which a promise was broken fails.",
    )
    choices = [*PARTS, *GROUPS]
    parser.add_argument(
        "parts",
        nargs="*",
        metavar="PART",
        help=f"only these of: {', '.join(choices)} (resume is kill, stop and cut)",
    )
    parser.add_argument("--quick", action="store_true", help="small and short, nothing written")
    parser.add_argument("--kills", type=int, help="kills (100); a third of it for stop and cut")
    parser.add_argument("--duels", type=int, help="duels of the clicks' first run (250)")
    parser.add_argument("--rounds", type=int, help="rounds whose median counts (3)")
    parser.add_argument("--loopback", action="store_true", help="no namespaces, even as root")
    parser.add_argument(
        "--write", action="store_true", help="write the page though only some parts were run"
    )
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE", help="write all figures there")
    parser.add_argument("--self-test", action="store_true", help="test what counts, and end")
    args = parser.parse_args(words)
    if wrong := [word for word in args.parts if word not in choices]:
        parser.error(f"no part is called {wrong[0]}; they are {', '.join(choices)}")
    return args
