"""What a click costs: processor time, frames, commits and Valkey's commands, in three arrangements.

In process, through Valkey on one pod, and with the two players of each duel on two pods. All three
play directly at the pods, without the balancer, one after the other in each round.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from . import figures
from .load import violations
from .stage import VALKEY, Setting, Window, games, stage
from .usage import between

RATE = 10
# Far enough apart that players are paired in the order of their connections.
JOINS_PER_SECOND = 50
COUNTDOWN = 2
# What pods send; everything else that Valkey counts was called by a script.
SENT = frozenset("evalsha eval publish ping wait subscribe unsubscribe asking".split())
# What this program itself asks.
OURS = frozenset(("info", "auth"))


@dataclass(frozen=True)
class Arrangement:
    name: str
    pods: int
    valkey: str


ARRANGEMENTS = (
    Arrangement("inProcess", 1, "none"),
    Arrangement("onePod", 1, "single"),
    Arrangement("twoPods", 2, "single"),
)


def measure(setting: Setting) -> dict[str, Any]:
    duels = 20 if setting.quick else 100
    rounds: list[dict[str, Any]] = []
    failed: list[str] = []
    for number in range(setting.rounds):
        found = {}
        for arrangement in ARRANGEMENTS:
            setting.say(f"  {arrangement.name}, {duels} duels, round {number + 1}")
            found[arrangement.name] = _run(setting, arrangement, duels, number)
            failed += found[arrangement.name].pop("failed")
        rounds.append({**found, "ratios": ratios(found)})
    return {
        "duels": duels,
        "rate": RATE,
        "rounds": setting.rounds,
        # The median of each round's own ratio, as the machine changes from one to the next.
        **figures.medians(rounds),
        "each": [one["ratios"] for one in rounds],
        "failed": failed,
    }


def ratios(found: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, float]]:
    """Figures of the pods by the one in process of the same round."""
    alone = found["inProcess"]
    names = ("serverMicrosPerClick", "framesOutPerClick", "commitsPerClick")
    return {
        name: {figure: one[figure] / alone[figure] for figure in names if alone[figure]}
        for name, one in found.items()
        if name != "inProcess"
    }


def _run(setting: Setting, arrangement: Arrangement, duels: int, number: int) -> dict[str, Any]:
    game = (8 if setting.quick else 15) + 2 * duels // JOINS_PER_SECOND
    with stage(
        setting,
        f"costs-{arrangement.name}",
        games(game, COUNTDOWN),
        pods=arrangement.pods,
        valkey=arrangement.valkey,
        # The load player goes to addresses of this machine only, and here past the balancer.
        loopback=True,
    ) as rig:
        with rig.load([pod.url for pod in rig.rig.pods]) as load:
            load.start(
                duels=duels,
                rate=RATE,
                seed=number + 1,
                joins_per_second=JOINS_PER_SECOND,
                timeout=game + 90,
            )
            window = rig.window(load, duels, COUNTDOWN, game)
            report = load.report(game + 90)
        return _figures(window, duels) | {"failed": violations(report)}


def _figures(window: Window, duels: int) -> dict[str, Any]:
    usage = between(window.first, window.last)
    clicks = window.rise('inputs_total{outcome="consumed"}')
    spent = {name: cores * usage["seconds"] for name, cores in usage["cores"].items()}
    server = sum(used for name, used in spent.items() if name.startswith("pod"))
    valkey = sum(used for name, used in spent.items() if name.startswith("valkey"))
    sent, inside = _commands(window)

    def each(count: float) -> float:
        return count / max(1.0, clicks)

    return {
        "clicks": clicks,
        "seconds": usage["seconds"],
        "offered": clicks / (2 * duels * RATE * usage["seconds"]),
        "serverMicrosPerClick": each(server * 1e6),
        "valkeyMicrosPerClick": each(valkey * 1e6),
        "framesInPerClick": each(window.rise("ws_frames_received_total")),
        "framesOutPerClick": each(window.rise("ws_frames_sent_total")),
        "commitsPerClick": each(window.rise('commits_total{outcome="taken"}')),
        "busPublishesPerClick": each(window.rise("bus_publishes_total")),
        "busMessagesPerClick": each(window.rise('bus_messages_total{outcome="sent"}')),
        "valkeySentPerClick": each(sum(sent.values())),
        "valkeyInsidePerClick": each(sum(inside.values())),
        "valkeyCommandsPerClick": {name: each(n) for name, n in {**sent, **inside}.items()},
        # 1: every duel had its two players on two pods.
        "splitShare": window.after.get("remote_rooms", 0.0) / duels,
        "usage": usage,
    }


def _commands(window: Window) -> tuple[dict[str, float], dict[str, float]]:
    """Valkey's commands in the window: those that pods sent, and those that scripts called."""
    names = [name.removeprefix(VALKEY) for name in window.after if name.startswith(VALKEY)]
    rises = {name: window.rise(VALKEY + name) for name in names if name not in OURS}
    risen = sorted(((n, name) for name, n in rises.items() if n), reverse=True)
    sent = {name: n for n, name in risen if name.split("|")[0] in SENT}
    return sent, {name: n for n, name in risen if name not in sent}
