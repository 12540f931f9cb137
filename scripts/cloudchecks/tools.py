"""The programs that are used, each brought by a script of its own."""

from __future__ import annotations

import functools
import os
import pathlib
import subprocess

from .found import Found

ROOT = pathlib.Path(__file__).resolve().parents[2]
# The slowest, checkov, takes a good part of a minute where much else goes on.
WITHIN = 300


@functools.cache
def tool(name: str) -> str:
    """The path of a program, installed if need be."""
    script = ROOT / "scripts" / f"install-{name}"
    done = subprocess.run([script], stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:
        raise Found([f"{name} cannot be installed"])
    return done.stdout.split()[0]


def python_of(program: str) -> str:
    """The Python that an installed program runs on: its first line names it."""
    with open(program) as script:
        return script.readline().removeprefix("#!").strip()


def say(*command: str | pathlib.Path, **options) -> subprocess.CompletedProcess[str]:
    """Runs a program to its end, and keeps what it says."""
    options = {"stdin": subprocess.DEVNULL, "timeout": WITHIN, **options}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    return subprocess.run([str(word) for word in command], text=True, **pipes, **options)


def pass_or_report(done: subprocess.CompletedProcess[str]) -> str:
    """What a program said, unless it says by its status that something is wrong."""
    if done.returncode != 0:
        raise Found(done.stdout.strip().splitlines() or [f"{done.args[0]}: status {done.returncode}"])
    return done.stdout


def server() -> pathlib.Path:
    """The server that names are compared with."""
    given = os.environ.get("OVERCOOKIED_BIN")
    path = pathlib.Path(given) if given else ROOT / "target/release/overcookied"
    if not path.is_file():
        raise Found([f"there is no server at {path}: cargo build --release, or set OVERCOOKIED_BIN"])
    return path.resolve()
