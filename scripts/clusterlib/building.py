"""Finds the programs of a rig, and builds or installs what is missing."""

from __future__ import annotations

import os
import pathlib
import shutil
import subprocess

from .errors import RigError

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SCRIPTS = ROOT / "scripts"


def server() -> pathlib.Path:
    """The server: OVERCOOKIED_BIN, or the release build."""
    given = os.environ.get("OVERCOOKIED_BIN")
    if given:
        return pathlib.Path(given).resolve(strict=True)
    _run("cargo", "build", "--release", "--locked")
    return _target() / "release" / "overcookied"


def next_server() -> pathlib.Path:
    """A server whose snapshots are one format ahead: NEXT_FORMAT_BIN, or built and put beside.

    To be asked for before `server`, whose build has the same place.
    """
    given = os.environ.get("NEXT_FORMAT_BIN")
    if given:
        return pathlib.Path(given).resolve(strict=True)
    _run("cargo", "build", "--release", "--locked", "--features", "next-format")
    built = _target() / "release" / "overcookied"
    return pathlib.Path(shutil.copy2(built, built.with_name("overcookied-next")))


def pages() -> pathlib.Path:
    """The exported pages: WEB_DIR, or built."""
    given = os.environ.get("WEB_DIR")
    if given:
        return pathlib.Path(given).resolve(strict=True)
    _run(SCRIPTS / "build-pages")
    return ROOT / "frontend" / "out"


def haproxy() -> pathlib.Path:
    return _installed("install-haproxy")


def valkey_server() -> pathlib.Path:
    return _installed("install-valkey")


def moto() -> pathlib.Path:
    """The program that plays DynamoDB."""
    return _installed("install-moto")


def fault_proxy() -> pathlib.Path:
    """The proxy of examples/fault_proxy: FAULT_PROXY_BIN, or a debug build, as tests have it."""
    given = os.environ.get("FAULT_PROXY_BIN")
    if given:
        return pathlib.Path(given).resolve(strict=True)
    _run("cargo", "build", "--locked", "--example", "fault_proxy")
    return _target() / "debug" / "examples" / "fault_proxy"


def network_tools() -> None:
    """What root needs to cut pods off. Without it pods share 127.0.0.1."""
    if os.geteuid() == 0:
        subprocess.run([SCRIPTS / "install-netns"], stdout=subprocess.DEVNULL, check=False)


def _target() -> pathlib.Path:
    return pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))


def _installed(script: str) -> pathlib.Path:
    done = subprocess.run([SCRIPTS / script], stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        raise RigError(f"scripts/{script} failed")
    return pathlib.Path(done.stdout.strip().splitlines()[-1])


def _run(*command: str | pathlib.Path) -> None:
    try:
        done = subprocess.run(command, cwd=ROOT, check=False)
    except FileNotFoundError:
        raise RigError(f"{command[0]} is missing; see the README for what is needed") from None
    if done.returncode != 0:
        raise RigError(f"{' '.join(map(str, command))} failed")
