"""Secrets in logs: what a rig's programs write must hold none of what only they may know."""

from __future__ import annotations

import pathlib
import re
from collections.abc import Iterable, Iterator

# A session's token, whole: a part of one is of no use to anybody. And a private key.
SHAPES = re.compile(
    rb"eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{40,}|BEGIN (?:EC )?PRIVATE KEY-----\s*[\w+/=]{16}"
)
# Shorter ones are words, which may be in a log for other reasons.
SHORTEST = 12
AT_ONCE = 1 << 20
LONGEST = 4096


def of_keys(path: pathlib.Path) -> list[str]:
    """The lines of a file of PEM keys that are the keys."""
    try:
        lines = path.read_text().splitlines()
    except FileNotFoundError:
        return []
    return [line for line in lines if line and not line.startswith("-----")]


def found(logs: Iterable[pathlib.Path], secrets: Iterable[str] = ()) -> list[str]:
    """Which logs hold one of the secrets, or what looks like a token or a key. Does not repeat it."""
    known = {secret.encode() for secret in secrets if len(secret) >= SHORTEST}
    told = []
    for log in sorted(logs):
        for part in _parts(log):
            if any(secret in part for secret in known):
                told.append(f"{log} holds a secret of this run")
                break
            if match := SHAPES.search(part):
                told.append(f"{log} holds what begins with {match[0][:12].decode()}")
                break
    return told


def _parts(log: pathlib.Path) -> Iterator[bytes]:
    """All of a file, in parts that overlap by more than a secret is long."""
    rest = b""
    with log.open("rb") as file:
        while read := file.read(AT_ONCE):
            yield rest + read
            rest = (rest + read)[-LONGEST:]
