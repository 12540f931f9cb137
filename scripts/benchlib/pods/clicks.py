"""How long a click takes across pods, at both players, with the processor time of every part.

Where the machine cannot carry all duels: the largest number of them that holds the goal.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import echo, figures
from .load import violations
from .stage import Setting, Stage, games, stage
from .usage import between

GOAL_MS = 30.0
RATE = 10
RAMP = 100
COUNTDOWN = 2
STEPS = (25, 50, 100, 150, 200)
# Bare echoes, with as many connections as players, in the same run.
ECHO_SECONDS = 10


def measure(setting: Setting) -> dict[str, Any]:
    game = 12 if setting.quick else 20
    # Players come at a steady rate: the first game must not end before the last one has begun.
    game += 2 * setting.duels // RAMP
    with stage(setting, "clicks", games(game, COUNTDOWN)) as rig:
        whole = _median(rig, setting.duels, game)
        found: dict[str, Any] = {"rate": RATE, "rounds": setting.rounds, "whole": whole}
        found["echo"] = echo.measure(rig, 2 * setting.duels, RATE, ECHO_SECONDS)
        if not holds(whole):
            _search(rig, game, found)
    runs = [whole, *found.get("steps", [])]
    found["failed"] = [text for run in runs for text in run["failed"]]
    return found


def _search(rig: Stage, game: int, found: dict[str, Any]) -> None:
    """The largest step that holds the goal, and a bare echo of the same size."""
    steps = [step for step in STEPS if step < rig.setting.duels]
    found["steps"], tried = [], {}

    def try_step(duels: int) -> bool:
        tried[duels] = _median(rig, duels, game)
        found["steps"].append(tried[duels])
        return holds(tried[duels])

    best = largest(steps, try_step)
    found["largest"] = tried[best] if best else None
    if best:
        found["largestEcho"] = echo.measure(rig, 2 * best, RATE, ECHO_SECONDS)


def largest(steps: list[int], holds_at: Callable[[int], bool]) -> int | None:
    """The largest step that holds, by halving what is left: more duels are never quicker."""
    best, low, high = None, 0, len(steps)
    while low < high:
        middle = (low + high) // 2
        if holds_at(steps[middle]):
            best, low = steps[middle], middle + 1
        else:
            high = middle
    return best


def holds(run: dict[str, Any]) -> bool:
    latency = run["latencyMs"]
    return max(latency["clickToAck"]["p99"], latency["clickToOpponent"]["p99"]) <= GOAL_MS


def _median(rig: Stage, duels: int, game: int) -> dict[str, Any]:
    """The median of several rounds, number by number."""
    rounds = [_run(rig, duels, game, number) for number in range(rig.setting.rounds)]
    failed = [text for one in rounds for text in one.pop("failed")]
    return {**figures.medians(rounds), "failed": failed, "each": [_brief(one) for one in rounds]}


def _run(rig: Stage, duels: int, game: int, number: int) -> dict[str, Any]:
    rig.setting.say(f"  {duels} duels at {RATE} clicks/s a player, round {number + 1}")
    with rig.load() as load:
        load.start(duels=duels, rate=RATE, ramp=RAMP, seed=number + 1, timeout=game + 90)
        window = rig.window(load, duels, COUNTDOWN, game)
        report = load.report(game + 90)
    clicks = window.rise('inputs_total{outcome="consumed"}')
    usage = between(window.first, window.last)
    return {
        "duels": duels,
        "clicks": report["clicks"],
        "latencyMs": {name: report["latencyMs"][name] for name in ("clickToAck", "clickToOpponent")},
        # Of what the players meant to click; less than 1 means that the load fell behind.
        "offered": clicks / (2 * duels * RATE * usage["seconds"]),
        # Grouping shows here: commits take longer when there is much to do.
        "commitsPerClick": window.rise('commits_total{outcome="taken"}') / max(1.0, clicks),
        "repeats": report["repeats"],
        "reconnects": report["reconnects"],
        "usage": usage,
        "failed": violations(report),
    }


def _brief(run: dict[str, Any]) -> dict[str, Any]:
    p99 = {name: spread["p99"] for name, spread in run["latencyMs"].items()}
    return {**p99, "busy": run["usage"]["busy"]}
