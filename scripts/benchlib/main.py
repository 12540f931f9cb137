"""Runs the measurements and writes the table. Started by scripts/bench."""

import argparse
import datetime
import json
import sys

import floods
import floodtable
import machine
import measures
import page
import results
from pods import command as pods


def main():
    if sys.argv[1:2] == ["pods"]:
        sys.exit(pods.main(sys.argv[2:]))
    if sys.argv[1:2] == ["results"]:
        sys.exit(results.main(sys.argv[2:]))
    parser = argparse.ArgumentParser(prog="bench")
    parser.add_argument("--quick", action="store_true", help="shorter windows, nothing written")
    parser.add_argument("--cold", action="store_true", help="only the start from a fresh clone")
    parser.add_argument("--only", choices=["echo", "clicks", "idle", "stall", "flood"])
    args = parser.parse_args()

    quick = args.quick
    plan = {
        "echo": lambda: measures.echo(5 if quick else 15),
        "clicks": lambda: measures.clicks(*(12, 4) if quick else (40, 10)),
        "idle": lambda: measures.idle(1000 if quick else 5000, 5),
        "stall": lambda: measures.stall(50 if quick else 200),
        "flood": lambda: floods.measure(*(5, 1) if quick else (10, 9)),
    }
    if args.cold:
        plan = {"cold": measures.cold}
    elif args.only:
        plan = {args.only: plan[args.only]}

    found = {"machine": machine.describe(), "commit": machine.commit()}
    found["date"] = datetime.date.today().isoformat()
    found["busy"] = machine.busy_share()
    for name, measure in plan.items():
        print(f"bench: {name} ...", file=sys.stderr)
        found[name] = measure()
        print(json.dumps({name: found[name]}, indent=1), file=sys.stderr)

    if "flood" in found:
        print(floodtable.text(found["flood"]))
    if args.only != "flood":
        print(page.table(found))
    if "flood" in found and not quick:
        # A part of its own: it needs no other measurement beside it.
        floodtable.write(found)
    if not (quick or args.only):
        page.write(found)
    if not (args.cold or args.only):
        words = ["--quick"] if quick else []
        sys.exit(results.main(words) or pods.main(words))


main()
