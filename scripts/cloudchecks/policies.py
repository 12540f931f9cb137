"""What is unwise in the Dockerfile, the manifests and Terraform, as checkov knows it. Each thing that is done all
the same stands in accepted.toml (Terraform: beside the resource) with its reason; anything else is a fault, and so is a
reason for something that is not there any more.
"""

from __future__ import annotations

import fnmatch
import json
import pathlib
import shutil
import tempfile
import tomllib

from .found import Found, report
from .tools import say, tool
from .tree import Tree

FRAMEWORKS = ("dockerfile", "kubernetes", "terraform")
# The layers that are applied as they are. What overlays/aws says alone has no image yet.
APPLIED = ("layers/http", "layers/https", "layers/local")
ACCEPTED = pathlib.Path(__file__).with_name("accepted.toml")


def check_policies(tree: Tree) -> str:
    accepted = tomllib.loads(ACCEPTED.read_text())["accepted"]
    with tempfile.TemporaryDirectory() as folder:
        failed, passed = judge(gather(tree, pathlib.Path(folder)))
    report(compare(failed, accepted))
    return f"{passed} passed, {len(failed)} accepted with a reason"


def gather(tree: Tree, folder: pathlib.Path) -> pathlib.Path:
    """All that is looked at in one place: starting checkov is most of its time."""
    shutil.copy(tree.path("Dockerfile"), folder)
    for name in APPLIED:
        file = folder / f"{name.replace('/', '-')}.yaml"
        file.write_text(tree.rendered(tree.layers[name]))
    if tree.path("terraform").is_dir():
        shutil.copytree(tree.path("terraform"), folder / "terraform", ignore=shutil.ignore_patterns(".terraform"))
    return folder


def judge(folder: pathlib.Path) -> tuple[set[tuple[str, str, str]], int]:
    """What fails, as check, resource and what it is about, and how much passes."""
    command = [tool("checkov"), "--directory", folder, "--framework", *FRAMEWORKS]
    done = say(*command, "--skip-download", "--compact", "--quiet", "--output", "json", "--soft-fail")
    begin = min((done.stdout.find(c) for c in "[{" if c in done.stdout), default=-1)
    try:
        reports = json.loads(done.stdout[begin:])
    except ValueError:
        raise Found(["checkov could not look:", *done.stdout.splitlines()[-5:]]) from None
    reports = reports if isinstance(reports, list) else [reports]
    results = [one["results"] for one in reports if "results" in one]
    unread = sum(one["summary"]["parsing_errors"] for one in reports if "summary" in one)
    report([f"checkov cannot read {unread} files"] if unread else [])
    seen = {one["check_type"] for one in reports if "check_type" in one}
    report(f"checkov has seen nothing of {name}" for name in FRAMEWORKS if name not in seen)
    failed = {
        (one["check_id"], one["resource"], one["check_name"]) for each in results for one in each["failed_checks"]
    }
    return failed, sum(one["summary"]["passed"] for one in reports if "summary" in one)


def compare(failed, accepted):
    used = set()
    for check, resource, what in sorted(failed):
        place = next((n for n, one in enumerate(accepted) if _covers(one, check, resource)), None)
        if place is None:
            yield f"{check}: {resource}: {what}"
        used.add(place)
    for number, one in enumerate(accepted):
        if number not in used:
            yield f"accepted.toml: nothing needs {one['check']} for {one['resource']} any more"
        if len(one.get("why", "")) < 20:
            yield f"accepted.toml: {one['check']} for {one['resource']} has no reason"


def _covers(one, check: str, resource: str) -> bool:
    return one["check"] == check and fnmatch.fnmatch(resource, one["resource"])
