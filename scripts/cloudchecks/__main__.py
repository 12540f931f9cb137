"""The command line of scripts/cloud-check."""

from __future__ import annotations

import argparse
import sys
import time
import unittest

from .alerts import check_alerts
from .docker import check_context, check_dockerfile
from .found import Found, Skipped
from .image import check_image
from .metrics import check_metrics
from .names import check_names
from .policies import check_policies
from .room import check_room
from .schemas import check_schemas
from .shell import check_shell
from .terraform import check_terraform_names
from .timing import check_timing
from .tools import ROOT
from .tree import Tree
from .workflows import check_workflows

# Quick ones first.
CHECKS = {
    "shell": (check_shell, "every script, by shellcheck"),
    "dockerfile": (check_dockerfile, "the Dockerfile, by hadolint"),
    "workflows": (check_workflows, "workflows, by zizmor; actions by the hash of a commit"),
    "schemas": (check_schemas, "what is given to Kubernetes, against its schemas"),
    "names": (check_names, "containers, ports, probes, settings and files are the server's"),
    "timing": (check_timing, "grace, drain and balancer fit together"),
    "room": (check_room, "the nodes have room for as many pods as there may be"),
    "terraform": (check_terraform_names, "tables, secrets, networks and roles have the names that are used"),
    "alerts": (check_alerts, "alerts, by promtool and its tests"),
    "context": (check_context, "the builder is given what the server is made of, and no more"),
    "policies": (check_policies, "what is unwise, by checkov"),
    "metrics": (check_metrics, "two servers as in AWS; what boards and alerts name is there"),
    "image": (check_image, "the last stage of the Dockerfile, put together and started by buildah"),
}


def main() -> int:
    args = _arguments()
    if args.list:
        print("\n".join(f"{name:11} {what}" for name, (_, what) in CHECKS.items()))
        return 0
    if args.self_test:
        return _self_test()
    tree, failed, skipped, begun = Tree(), [], [], time.monotonic()
    for name in args.checks or CHECKS:
        check, what = CHECKS[name]
        print(f"== {name}: {what}", flush=True)
        start = time.monotonic()
        try:
            told = check(tree)
        except Skipped as why:
            skipped.append(name)
            print(f"   SKIPPED: {why}")
            continue
        except Found as found:
            failed.append(name)
            print("\n".join(f"   FOUND: {line}" for line in found.lines))
            continue
        print(f"   ok: {told} ({time.monotonic() - start:.0f} s)")
    print(f"\ncloud-check: {_summary(failed, skipped)} in {time.monotonic() - begun:.0f} s")
    return 1 if failed else 0


def _summary(failed: list[str], skipped: list[str]) -> str:
    words = f"FAILED: {', '.join(failed)}" if failed else "all passed"
    return words + (f"; skipped: {', '.join(skipped)}" if skipped else "")


def _self_test() -> int:
    scripts = ROOT / "scripts"
    tests = unittest.defaultTestLoader.discover(str(scripts / "cloudchecks/tests"), top_level_dir=str(scripts))
    return 0 if unittest.TextTestRunner(verbosity=1).run(tests).wasSuccessful() else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="cloud-check",
        description="Checks everything that goes to the cloud, without a cloud.",
        epilog="OVERCOOKIED_BIN is the server that names are compared with (target/release/overcookied).",
    )
    parser.add_argument("checks", nargs="*", metavar="CHECK", help="only these; --list names them")
    parser.add_argument("--list", action="store_true", help="name the checks")
    parser.add_argument("--self-test", action="store_true", help="show that each check finds what it should")
    args = parser.parse_args()
    unknown = set(args.checks) - set(CHECKS)
    if unknown:
        parser.error(f"there is no check {', '.join(sorted(unknown))}")
    return args


if __name__ == "__main__":
    sys.exit(main())
