"""A primary of Valkey's six-node cluster dies under load: how long games pause, and what is lost.

For the last 200 ms its replica stands still with its link broken, so that it has not seen all that
the primary confirmed; how many bytes it missed is measured, as without any nothing was tried.
With VALKEY_WAIT_REPLICAS=1 a commit counts only once the replica has it; without, the primary's word
is enough, and what only the primary had is gone. The dead node comes back some time after the
promotion: with waiting, nothing is confirmed before, as the new primary has no replica till then.
"""

from __future__ import annotations

import time
from typing import Any

from clusterlib.valkey import Node, Valkey

from . import figures
from .load import LoadError, violations
from .stage import Setting, Stage, games, stage
from .usage import between

RATE = 10
RAMP = 50
COUNTDOWN = 1
THRESHOLD_MS = 300
LAGS_FOR = 0.2
BACK_AFTER = 1.5
PROMOTED_WITHIN = 15.0
WAITS = {"waiting": "1", "notWaiting": "0"}
# A key of another primary each round: the queue and the seats, then rooms.
KEYS = ("{mm}", "{r0}", "{r1}", "{r2}", "{r3}")


def measure(setting: Setting) -> dict[str, Any]:
    found: dict[str, Any] = {"rate": RATE, "rounds": setting.rounds, "backAfter": BACK_AFTER}
    for name, replicas in WAITS.items():
        rounds = [_round(setting, name, replicas, number) for number in range(setting.rounds)]
        found[name] = {
            "longestPauseMs": max(one["longestPauseMs"] for one in rounds),
            "lostClicks": sum(one["lostClicks"] for one in rounds),
            "acknowledged": sum(one["acknowledged"] for one in rounds),
            "missedBytes": sum(max(0, one["missedBytes"]) for one in rounds),
            "usage": rounds[0]["usage"],
            "each": rounds,
        }
    # Without waiting, losses are what is measured, and no surprise.
    found["failed"] = [text for one in found["waiting"]["each"] for text in one["violations"]]
    for name in WAITS:
        if not found[name]["missedBytes"]:
            found["failed"].append(f"{name}: no replica lagged behind, so this shows nothing")
    return found


def _round(setting: Setting, name: str, replicas: str, number: int) -> dict[str, Any]:
    duels = 10 if setting.quick else 40
    key = KEYS[number % len(KEYS)]
    setting.say(f"  VALKEY_WAIT_REPLICAS={replicas}, {duels} duels, the primary of {key} dies")
    # From the first click on: settle, fail over, bring the node back, and play on for a while.
    game = 25 + 2 * duels // RAMP
    settings = games(game, COUNTDOWN, VALKEY_WAIT_REPLICAS=replicas)
    with stage(setting, f"failover-{name}", settings, valkey="cluster") as rig, rig.load() as load:
        load.start(
            duels=duels,
            rate=RATE,
            ramp=RAMP,
            seed=number + 1,
            gap_threshold=THRESHOLD_MS,
            timeout=game + 90,
            # Where something may be lost, that may be a whole game.
            allow_void=0 if replicas != "0" else duels,
        )
        rig.watch(load)
        time.sleep(max(0.0, rig.wait_rooms(load, duels) + COUNTDOWN + 2 - time.monotonic()))
        first = rig.sampler.mark()
        moments = _fail_over(rig, rig.rig.valkey, key)
        usage = between(first, rig.sampler.mark())
        report = load.report(game + 90)
        gaps = load.gaps()
    after = [gap for gap in gaps if gap.end > moments["at"]]
    spans = [gap for gap in after if gap.begin <= moments["at"] + figures.UNDER_WAY]
    return {
        "key": key,
        "promotedAfter": moments["promoted"],
        "backAfter": moments["back"],
        "wholeAfter": moments["whole"],
        "missedBytes": moments["missed"],
        "longestPauseMs": max((gap.ms for gap in after), default=0.0),
        "pause": figures.spread([gap.ms for gap in spans]),
        "later": figures.spread([gap.ms for gap in after if gap not in spans]),
        "clicks": report["clicks"],
        "acknowledged": report["acknowledged"],
        "lostClicks": figures.lost_clicks(report["details"]),
        "endings": report["endings"],
        "usage": usage,
        "violations": violations(report),
    }


def _fail_over(rig: Stage, valkey: Valkey, key: str) -> dict[str, float]:
    """Seconds after the death: the replica's promotion, the node's return, and all in step."""
    primary = valkey.primary_of(key)
    replica = valkey.replicas_of(primary)[0]
    replica.stop()
    try:
        # Standing still is no lag: what was sent waits in its socket, and is read on waking up.
        primary.call("CLIENT", "KILL", "TYPE", "replica")
        time.sleep(LAGS_FOR)
        written = int(primary.info("replication")["master_repl_offset"])
        at, began = 1000 * time.time(), time.monotonic()
        primary.kill()
    finally:
        replica.cont()
    _wait_primary(replica)
    promoted = time.monotonic() - began
    # Where it stood when it took over, plus one.
    missed = written + 1 - int(replica.info("replication")["second_repl_offset"])
    time.sleep(BACK_AFTER)
    primary.restart(wipe=True)
    back = time.monotonic() - began
    valkey.wait_whole(within=30)
    rig.setting.say(f"    promoted after {promoted:.1f} s, back after {back:.1f} s, {missed} bytes missed")
    whole = time.monotonic() - began
    return {"at": at, "promoted": promoted, "back": back, "whole": whole, "missed": missed}


def _wait_primary(replica: Node) -> None:
    end = time.monotonic() + PROMOTED_WITHIN
    while not replica.is_primary():
        if time.monotonic() > end:
            raise LoadError("Valkey does not promote the replica")
        time.sleep(0.02)
