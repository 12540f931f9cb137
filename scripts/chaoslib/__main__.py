"""The command line of scripts/chaos."""

from __future__ import annotations

import argparse
import datetime
import json
import os
import pathlib
import random
import shutil
import signal
import sys
import time
import unittest

from clusterlib import building
from clusterlib.errors import RigError
from clusterlib.rig import Options

from . import machine, report, table
from .faults import FAULTS, OWN_RIG, SOAK
from .phase import Outcome, Phase
from .schedule import plan
from .settings import Wishes, needs_dynamodb, needs_proxies, settings

HELD, BROKEN, UNUSABLE, INTERRUPTED = 0, 1, 2, 130
ALONE_MINUTES, SOAK_MINUTES = 1.0, 5.0
HEADING = (
    "`./scripts/chaos --seed {seed} --minutes {minutes:g}` on {date}, commit `{commit}`: "
    "{cores} cores, about {duels} duels at a time; before the run the machine was {busy:.0%} busy "
    "with other things."
)


def main() -> int:
    args = _arguments()
    if args.self_test:
        return _self_test()
    if args.plan:
        return _plan(_wishes(args))
    # Ended by somebody else, it must still take its programs along.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(INTERRUPTED))
    try:
        return _run(args)
    except RigError as error:
        print(f"chaos: {error}", file=sys.stderr)
        return UNUSABLE
    except KeyboardInterrupt:
        print("chaos: interrupted", file=sys.stderr)
        return INTERRUPTED


def _run(args: argparse.Namespace) -> int:
    wishes, busy = _wishes(args), machine.busy_before()
    folder = args.folder / f"{wishes.seed}-{time.strftime('%Y%m%d-%H%M%S')}"
    say(f"chaos: seed {wishes.seed}, {wishes.minutes:g} minutes; logs are in {folder}")
    phases, outcomes = settings(wishes, _programs(args, wishes)), []
    for number, setting in enumerate(phases, 1):
        say(f"\n== {setting.name} ({number} of {len(phases)})")
        place = folder / setting.name.replace(" ", "-")[:40]
        outcomes.append(Phase(setting, place, say).run())
        _show(outcomes[-1])
    told = _told(wishes, busy, outcomes)
    _write(args, folder, told)
    print("\n" + table.text(told["phases"]))
    return _verdict(args, wishes.seed, folder, outcomes)


def _wishes(args: argparse.Namespace) -> Wishes:
    seed = random.SystemRandom().randrange(2**31) if args.seed is None else args.seed
    minutes = args.minutes or (ALONE_MINUTES if args.fault else SOAK_MINUTES)
    faults = tuple(args.fault)
    return Wishes(seed, minutes, faults, args.duels, args.valkey, args.times, args.brief)


def _plan(wishes: Wishes) -> int:
    """Shows what the seed fixes; what a rig of this machine cannot have is planned too."""
    nothing = pathlib.Path()
    options = Options(nothing, nothing, nothing, nothing)
    for setting in settings(wishes, options):
        print(f"{setting.name}:")
        for strike in plan(setting.of(setting.faults), 60 * setting.minutes, setting.seed):
            print(f"  {strike}")
    return HELD


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _show(outcome: Outcome) -> None:
    """What the phase was, at once: the next one takes minutes."""
    told = report.phase(outcome)
    say(table.text([told]))
    for line in table.summary(told):
        say(f"  {line}")
    say(f"  violations: {len(outcome.violations)}")


def _told(wishes: Wishes, busy: float, outcomes: list[Outcome]) -> dict:
    return {
        "date": datetime.date.today().isoformat(),
        "commit": machine.commit(),
        "seed": wishes.seed,
        "minutes": wishes.minutes,
        "duels": wishes.duels,
        "cores": os.cpu_count(),
        "busy": busy,
        "held": not any(outcome.violations for outcome in outcomes),
        "phases": [report.phase(outcome) for outcome in outcomes],
    }


def _write(args: argparse.Namespace, folder: pathlib.Path, told: dict) -> None:
    text = json.dumps(told, indent=1)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "report.json").write_text(text)
    if args.json:
        args.json.write_text(text)
    if args.markdown:
        head = HEADING.format(**told)
        table.write(args.markdown, told["phases"], head)


def _verdict(
    args: argparse.Namespace, seed: int, folder: pathlib.Path, outcomes: list[Outcome]
) -> int:
    skipped = {name: why for outcome in outcomes for name, why in outcome.skipped.items()}
    for name, why in skipped.items():
        say(f"chaos: {name} was NOT struck: {why}")
    broken = [outcome for outcome in outcomes if outcome.violations]
    if not broken:
        say(f"chaos: every promise was kept (seed {seed})")
        if not args.keep:
            shutil.rmtree(folder, ignore_errors=True)
        return HELD
    for outcome in broken:
        say(f"\nchaos: {len(outcome.violations)} violations in {outcome.setting.name}. Its plan:")
        for line in outcome.plan:
            say(f"    {line}")
        say("The seed fixes the plan, not the run. The violations:")
        for line in report.first(outcome.violations):
            say(f"  VIOLATION {line}")
    say(f"\nchaos: FAILED with seed {seed}. Logs, gaps and the report are in {folder}")
    return BROKEN


def _programs(args: argparse.Namespace, wishes: Wishes) -> Options:
    if args.bin:
        os.environ["OVERCOOKIED_BIN"] = str(args.bin.resolve(strict=True))
    if not args.loopback:
        building.network_tools()
    return Options(
        binary=building.server(),
        pages=building.pages(),
        haproxy=building.haproxy(),
        valkey_server=building.valkey_server(),
        fault_proxy=building.fault_proxy() if needs_proxies(wishes) else None,
        moto=building.moto() if needs_dynamodb(wishes) else None,
        loopback=args.loopback,
    )


def _self_test() -> int:
    here = pathlib.Path(__file__).parent
    found = unittest.defaultTestLoader.discover(str(here / "tests"), top_level_dir=str(here.parent))
    ran = unittest.TextTestRunner().run(found)
    return HELD if ran.wasSuccessful() and ran.testsRun else BROKEN


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="chaos",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Plays on three pods while a nemesis breaks them, and checks every promise.",
        epilog="\n".join(["faults:", *(f"  {name:10} {f.what}" for name, f in FAULTS.items())]),
    )
    parser.add_argument("--seed", type=int, help="fixes what is struck when (random, and printed)")
    parser.add_argument("--minutes", type=float, help="length of the soak (5; of single faults 1)")
    parser.add_argument(
        "--fault",
        nargs="+",
        default=[],
        choices=[*FAULTS, "F24"],
        metavar="NAME",
        help="only these, together; F24 is the soak alone. Without it: the soak, then "
        + ", ".join(OWN_RIG),
    )
    parser.add_argument(
        "--times",
        type=int,
        help="how often each fault with a rig of its own strikes (as often as fits); beside "
        "others, those that take long strike only once or twice",
    )
    parser.add_argument(
        "--brief", action="store_true", help="short outages, for when there is little time"
    )
    parser.add_argument("--duels", type=int, default=40, help="about so many at a time (40)")
    parser.add_argument(
        "--valkey",
        choices=("single", "cluster", "replica"),
        default="single",
        help="what the soak's pods share (single); a cluster cannot have F8, F11 and F12",
    )
    parser.add_argument("--bin", type=pathlib.Path, metavar="PATH", help="the server to break")
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE", help="write all figures there")
    parser.add_argument(
        "--markdown",
        type=pathlib.Path,
        metavar="FILE",
        help="write the table there; into a page, where it has marks for it",
    )
    parser.add_argument("--keep", action="store_true", help="keep the logs of a run that held, too")
    parser.add_argument(
        "--folder",
        type=pathlib.Path,
        default=building.ROOT / ".overcookied" / "chaos",
        metavar="DIR",
        help="where logs and figures go (.overcookied/chaos)",
    )
    parser.add_argument("--loopback", action="store_true", help="no namespaces, as without root")
    parser.add_argument("--plan", action="store_true", help="show what the seed fixes, and end")
    parser.add_argument("--self-test", action="store_true", help="test what judges, and end")
    args = parser.parse_args()
    if "F24" in args.fault:
        args.fault = [*dict.fromkeys([*SOAK, *(name for name in args.fault if name != "F24")])]
    return args


if __name__ == "__main__":
    sys.exit(main())
