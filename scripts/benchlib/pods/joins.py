"""From the second player's join to GAME_START at both, while a hundred players a second join."""

from __future__ import annotations

import time
from typing import Any

from . import figures
from .load import violations
from .stage import Setting, Stage, games, stage
from .usage import between

PER_SECOND = 100
# Nobody clicks while others still join: the countdown is longer than all joins take.
GAME, COUNTDOWN = 2, 6
# Players sign in and connect so long before they join.
HEAD_START = 3.0


def measure(setting: Setting) -> dict[str, Any]:
    duels = 50 if setting.quick else 200
    with stage(setting, "joins", games(GAME, COUNTDOWN)) as rig:
        rounds = [_run(rig, duels, number) for number in range(setting.rounds)]
    failed = [text for one in rounds for text in one.pop("failed")]
    return {
        "duels": duels,
        "rounds": setting.rounds,
        **figures.medians(rounds),
        "worst": max(one["joinToStart"]["max"] for one in rounds),
        "each": [one["joinToStart"] for one in rounds],
        "failed": failed,
    }


def _run(rig: Stage, duels: int, number: int) -> dict[str, Any]:
    rig.setting.say(f"  {2 * duels} players join, {PER_SECOND} a second, round {number + 1}")
    with rig.load() as load:
        load.start(
            duels=duels, rate=1, seed=number + 1, joins_per_second=PER_SECOND, timeout=60
        )
        rig.watch(load)
        begin = rig.wait_rooms(load, 1)
        first = rig.sampler.mark()
        time.sleep(max(1.0, 2 * duels / PER_SECOND - 0.5 - (time.monotonic() - begin)))
        usage = between(first, rig.sampler.mark())
        report = load.report(60)
    return {
        "joinsPerSecond": report["joinsPerSecond"],
        "joinToStart": report["latencyMs"]["joinToStart"],
        "usage": usage,
        "failed": violations(report),
    }
