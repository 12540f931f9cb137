"""Every script of the repository, as shellcheck sees it."""

from __future__ import annotations

import pathlib

from .found import report
from .tools import say, tool
from .tree import Tree

MARKS = ("#!/usr/bin/env bash", "#!/bin/bash", "#!/bin/sh", "# shellcheck shell=bash")
PLACES = ("scripts", ".ci")


def scripts(tree: Tree) -> list[pathlib.Path]:
    """Files that begin as a script does, or as a part of one."""
    files = [path for place in PLACES for path in tree.path(place).rglob("*") if path.is_file()]
    return sorted(path for path in files if _begins_as_script(path))


def _begins_as_script(path: pathlib.Path) -> bool:
    with open(path, "rb") as file:
        return file.readline(80).decode(errors="replace").startswith(MARKS)


def check_shell(tree: Tree) -> str:
    found = scripts(tree)
    report([] if found else ["there are no scripts"])
    # What a script sources is read along with it, each time anew; with the extended analysis that takes a minute.
    options = ("--color=never", "--format=gcc", "--extended-analysis=false")
    done = say(tool("shellcheck"), *options, *(path.relative_to(tree.root) for path in found), cwd=tree.root)
    report(done.stdout.splitlines())
    return f"{len(found)} scripts"
