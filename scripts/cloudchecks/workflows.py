"""Workflows: zizmor, every action by the hash of a commit, and every script that they call is there."""

from __future__ import annotations

import re

import yaml

from .found import report
from .tools import ROOT, pass_or_report, say, tool
from .tree import Tree

PINNED = re.compile(r"uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$")
OWN = re.compile(r"uses: \./")


def check_workflows(tree: Tree) -> str:
    folder = tree.path(".github/workflows")
    files = sorted(folder.glob("*.yml"))
    report(line for file in files for line in _faults(file.name, file.read_text()))
    pass_or_report(say(tool("zizmor"), "--offline", "--persona=pedantic", "--quiet", "--color=never", folder))
    return f"{len(files)} workflows"


def _faults(name: str, text: str):
    for line in text.splitlines():
        if "uses:" in line and not PINNED.search(line) and not OWN.search(line):
            yield f"{name}: an action without the hash of a commit and its version behind it: {line.strip()}"
        if re.search(r"aws-(access-key-id|secret-access-key)|secrets\.AWS", line):
            yield f"{name}: a key that lasts: {line.strip()}"
    for job, steps in yaml.safe_load(text)["jobs"].items():
        for script in re.findall(r"\./(scripts/[\w-]+)", yaml.safe_dump(steps)):
            if not (ROOT / script).is_file():
                yield f"{name}: {job} calls {script}, which is not there"
