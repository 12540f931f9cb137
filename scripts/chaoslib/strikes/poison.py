"""The strike at the recorder with what nobody can record: it may not hold up what anybody can."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet

from clusterlib.errors import RigError

from ..gaps import spread
from ..journal import Window
from ..outbox import ASIDE, FORMAT, UNKNOWN_FORMAT, WAITING, Outbox, finished_game, text
from ..scene import Scene
from ..schedule import Strike

# Finished games put in each second, and one that is bad in so many.
A_SECOND, ONE_IN = 3, 50
LOOK_EVERY = 0.1
# More than DynamoDB takes in one item (400 KB).
TOO_LONG = 410_000
# What is bad is tried five times and must be old enough; then it is aside.
ASIDE_WITHIN, RECORDED_WITHIN = 90.0, 120.0
TRIES = 5
# What a command of an operator may take.
COMMAND_WITHIN = 30.0
TORN, LONG, NEWER = "torn", "long", "newer"


def fed(scene: Scene, strike: Strike) -> None:
    """F16: finished games come at a steady rate, first good ones, then with bad ones among them."""
    # One for each second of the strike: it takes as long again to see what becomes of bad ones.
    outbox, each = Outbox(scene.rig.valkey), int(strike.lasts)
    with scene.journal.window(strike) as window:
        window.evidence.update(wrong=[], games=[])
        _, alone = _feed(window, outbox, max(10, each // 3), {})
        bad, beside = _feed(window, outbox, each, _bad(each))
        window.evidence["good_alone_ms"] = spread(alone)
        window.evidence["good_beside_bad_ms"] = spread(beside)
        _check(scene, window, outbox, bad)


def _bad(each: int) -> dict[int, str]:
    """Which of the records are bad, and how: one in 50, and one of each kind at least."""
    number = max(3, each // ONE_IN)
    kinds = (TORN, LONG, NEWER)
    return {each * i // number: kinds[i % len(kinds)] for i in range(number)}


def _feed(
    window: Window, outbox: Outbox, count: int, bad: Mapping[int, str]
) -> tuple[dict[str, str], list[float]]:
    """Puts games in. Answers the bad ones, and how long each good one took (ms)."""
    spoilt: dict[str, str] = {}
    put_at: dict[str, float] = {}
    took: list[float] = []
    for number in range(count):
        game = _put(outbox, kind := bad.get(number))
        if kind is None:
            put_at[game] = time.monotonic()
            window.evidence["games"].append(game)
        else:
            spoilt[game] = kind
        _collect(outbox, put_at, took, within=1 / A_SECOND)
    end = time.monotonic() + RECORDED_WITHIN
    while put_at and time.monotonic() < end:
        _collect(outbox, put_at, took, within=LOOK_EVERY)
    if put_at:
        window.evidence["wrong"].append(f"{len(put_at)} good records were held up")
    return spoilt, took


def _collect(outbox: Outbox, put_at: dict[str, float], took: list[float], within: float) -> None:
    """Looks for so long which good games have gone."""
    end = time.monotonic() + within
    while time.monotonic() < end:
        waiting, seen = outbox.waiting(), time.monotonic()
        for game in put_at.keys() - waiting.keys():
            took.append(1000 * (seen - put_at.pop(game)))
        time.sleep(min(LOOK_EVERY, within / 3))


def _put(outbox: Outbox, kind: str | None) -> str:
    game, record = finished_game()
    if kind == LONG:
        record["seats"]["p1"]["name"] = "n" * TOO_LONG
    said = text(record)
    form = UNKNOWN_FORMAT if kind == NEWER else FORMAT
    outbox.put(said[: len(said) // 2] if kind == TORN else said, game, form)
    return game


def _check(scene: Scene, window: Window, outbox: Outbox, bad: Mapping[str, str]) -> None:
    """Bad ones are aside, a newer one waits, an operator sees it, and can have it tried again."""
    newer = {game for game, kind in bad.items() if kind == NEWER}
    doomed, wrong = bad.keys() - newer, window.evidence["wrong"]
    try:
        window.evidence["aside"] = _await_aside(outbox, doomed, wrong)
        _check_commands(scene, outbox, wrong)
        wrong += _impatient(outbox, newer)
        _retry(scene, outbox, wrong)
        window.evidence["aside_again"] = _await_aside(outbox, doomed, wrong)
    finally:
        outbox.remove(outbox.aside().values(), ASIDE)
        waiting = outbox.waiting()
        outbox.remove([waiting[game] for game in bad.keys() & waiting.keys()], WAITING)


def _await_aside(outbox: Outbox, doomed: AbstractSet[str], wrong: list[str]) -> int:
    end = time.monotonic() + ASIDE_WITHIN
    while not doomed <= (aside := outbox.aside().keys()) and time.monotonic() < end:
        time.sleep(LOOK_EVERY)
    wrong += (f"the bad record of {game} is not set aside" for game in sorted(doomed - aside))
    wrong += (f"{game} is set aside, though it is good" for game in sorted(aside - doomed))
    return len(doomed & aside)


def _impatient(outbox: Outbox, newer: AbstractSet[str]) -> Iterator[str]:
    """A record of a newer version is for pods of that version, which may come."""
    waiting = outbox.waiting()
    for game in sorted(newer):
        if game not in waiting:
            yield f"{game} is of a newer version, and does not wait for it"
        elif outbox.tries(waiting[game]) < TRIES:
            yield f"{game} is of a newer version, and nobody has tried it often enough"


def _check_commands(scene: Scene, outbox: Outbox, wrong: list[str]) -> None:
    """Operators are shown what is aside."""
    places = set(outbox.aside().values())
    listed = {entry["id"] for entry in json.loads(_operate(scene, "outbox", "list", "--json"))}
    if listed != places:
        wrong.append(f"`outbox list --json` shows {sorted(listed)}, not {sorted(places)}")
    shown = _operate(scene, "outbox", "list")
    wrong += (f"`outbox list` does not show {place}" for place in places if place not in shown)
    told = json.loads(_operate(scene, "status", "--json"))["outbox"]["setAside"]
    if told != len(places):
        wrong.append(f"`status` tells of {told} set aside, not of {len(places)}")


def _retry(scene: Scene, outbox: Outbox, wrong: list[str]) -> None:
    """Has one tried again, then the others."""
    places = sorted(outbox.aside().values())
    _operate(scene, "outbox", "retry", places[0])
    if places[0] in outbox.aside().values():
        wrong.append(f"`outbox retry {places[0]}` leaves it where it is")
    _operate(scene, "outbox", "retry", "--all")
    if left := set(places) & set(outbox.aside().values()):
        wrong.append(f"`outbox retry --all` leaves {sorted(left)} where they are")


def _operate(scene: Scene, *words: str) -> str:
    """What a command of the server's program says."""
    url = scene.rig.valkey_url
    try:
        done = subprocess.run(
            [scene.rig.state.get("binary"), *words],
            env={**os.environ, "VALKEY_URL": url or ""},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=COMMAND_WITHIN,
        )
    except subprocess.TimeoutExpired:
        raise RigError(f"`{' '.join(words)}` does not come back") from None
    if done.returncode != 0:
        raise RigError(f"`{' '.join(words)}` answers {done.returncode}: {done.stderr.strip()[:300]}")
    return done.stdout
