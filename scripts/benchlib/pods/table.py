"""The section on many pods in docs/BENCHMARKS.md. Pure but for `write`."""

from __future__ import annotations

import pathlib
from collections.abc import Iterator
from typing import Any

from .costs import ARRANGEMENTS

BEGIN, END = "<!-- pods:begin -->", "<!-- pods:end -->"
CLICK_MS, JOIN_MS, ROLL_MS, FAILOVER_MS = 30, 100, 1000, 5000
RESUME_MS = (900, 2000, 3000)
HEAD = ("what", "p50", "p99", "max", "of", "goal", "kept")
COSTS = (
    ("processor time of the pods, us", "serverMicrosPerClick", "{:.1f}"),
    ("processor time of Valkey, us", "valkeyMicrosPerClick", "{:.1f}"),
    ("frames from players", "framesInPerClick", "{:.2f}"),
    ("frames to players", "framesOutPerClick", "{:.2f}"),
    ("commits", "commitsPerClick", "{:.2f}"),
    ("commands sent to Valkey", "valkeySentPerClick", "{:.2f}"),
    ("commands called by its scripts", "valkeyInsidePerClick", "{:.2f}"),
    ("publications on the bus", "busPublishesPerClick", "{:.2f}"),
    ("messages on the bus", "busMessagesPerClick", "{:.2f}"),
)


def markdown(found: dict[str, Any]) -> str:
    """Everything that was measured, as tables."""
    parts = found["parts"]
    blocks = [_about(found), _failures(parts), _grid(HEAD, list(_rows(parts)))]
    if _told(parts, "costs"):
        blocks.append(_costs(parts["costs"]))
    blocks.append(_processors(parts, found["cores"]))
    return "\n\n".join(block for block in blocks if block)


def write(page: pathlib.Path, found: dict[str, Any]) -> None:
    """Replaces what stands between the markers."""
    old = page.read_text()
    before, rest = old.split(BEGIN, 1)
    _, after = rest.split(END, 1)
    page.write_text(f"{before}{BEGIN}\n{markdown(found)}\n{END}{after}")


def _about(found: dict[str, Any]) -> str:
    def one(part: dict[str, Any]) -> str:
        about = part["about"]
        return f"{about['date']}, commit `{about['commit']}`, {about['busyBefore']:.0%} busy before"

    said = {name: one(part) for name, part in found["parts"].items()}
    runs = "; ".join(f"{name}: {text}" for name, text in said.items())
    return f"`./scripts/bench pods` on {found['machine']}; pods in {found['network']}. {runs}."


def _failures(parts: dict[str, Any]) -> str:
    lines = [f"- **{name} FAILED**: {text}" for name, p in parts.items() for text in p["failed"]]
    return "\n".join(lines)


def _told(parts: dict[str, Any], name: str) -> bool:
    return name in parts and "error" not in parts[name] and "skipped" not in parts[name]


def _rows(parts: dict[str, Any]) -> Iterator[tuple]:
    makers = {"clicks": _clicks, "joins": _joins, "rolling": _rolling, "failover": _failover}
    makers |= dict.fromkeys(("kill", "stop", "cut"), _resume)
    for name, part in parts.items():
        if _told(parts, name) and name in makers:
            yield from makers[name](part)
        elif "skipped" in part:
            yield (part.get("what", name), "", "", "", f"not measured: {part['skipped']}", "", "")


def _clicks(part: dict[str, Any]) -> Iterator[tuple]:
    runs = [("", part["whole"])]
    if part.get("largest"):
        runs.append(("largest that holds: ", part["largest"]))
    for prefix, run in runs:
        of = f"{run['clicks']:.0f} clicks, {_rounds(part)}, machine {run['usage']['busy']:.0%} busy"
        for name, who in (("clickToAck", "who clicked"), ("clickToOpponent", "the opponent")):
            what = f"{prefix}click to UPDATE at {who}, {run['duels']} duels"
            yield _row(what, run["latencyMs"][name], of, (None, CLICK_MS, None))
        what = f"{prefix}commits per click, {run['duels']} duels"
        kept = _kept([(run["commitsPerClick"], 1)])
        yield (what, f"{run['commitsPerClick']:.2f}", "", "", of, "< 1", kept)
    if part.get("steps") and not part.get("largest"):
        yield ("largest number of duels that holds 30 ms", "none", "", "", "of those tried", "", "**no**")
    for name in ("echo", "largestEcho"):
        echo = part.get(name)
        if echo and echo.get("latencyMs"):
            what = f"bare echo through the same HAProxy, {echo['connections']} connections"
            of = f"{echo['messagesPerSecond']:.0f}/s, machine {echo['usage']['busy']:.0%} busy"
            yield _row(what, echo["latencyMs"], of)


def _joins(part: dict[str, Any]) -> Iterator[tuple]:
    spread = part["joinToStart"]
    what = f"second join to GAME_START at both, {part['joinsPerSecond']:.0f} joins/s"
    of = f"{spread['count']:.0f} games, {_rounds(part)}"
    yield _row(what, spread, of, (None, JOIN_MS, None))


def _resume(part: dict[str, Any]) -> Iterator[tuple]:
    gaps = part["gaps"]
    for name, who in (("survivor", "who stayed connected"), ("reconnected", "who reconnected")):
        of = f"gaps: {{}}, strikes: {part['strikes']}, games hit: {part['gamesHit']}"
        yield _row(f"{part['what']}: {who}", gaps[name], of, RESUME_MS)
    if gaps["elsewhere"]:
        yield _row(f"{part['what']}: game hosted elsewhere", gaps["elsewhere"], "gaps: {}")
    if gaps["later"]:
        yield _row(f"{part['what']}: again, once back", gaps["later"], "gaps: {}")


def _rolling(part: dict[str, Any]) -> Iterator[tuple]:
    for name in ("delayed", "upgraded", "undelayed"):
        one = part[name]
        onto = " onto a higher snapshot format" if name == "upgraded" else ""
        what = f"rolling restart{onto}, DRAIN_DELAY={one['drainDelay']}"
        of = f"{one['players']} players, {one['playersWithGap']} with a gap, {one['reconnects']} reconnects"
        goal = () if name == "undelayed" else (None, ROLL_MS, None)
        spread = one["gapPerPlayer"]
        yield _row(f"{what}: longest gap of each player", spread, of, goal, part["thresholdMs"])
        yield _count(f"{what}: games lost", one["lost"], f"{one['games']} games")


def _failover(part: dict[str, Any]) -> Iterator[tuple]:
    for name, setting in (("waiting", 1), ("notWaiting", 0)):
        one = part[name]
        what = f"Valkey primary killed, VALKEY_WAIT_REPLICAS={setting}"
        back = f"dead node back {part['backAfter']} s after the promotion"
        longest, of = one["longestPauseMs"], f"failovers: {len(one['each'])}, {back}"
        kept = _kept([(longest, FAILOVER_MS)])
        yield (f"{what}: longest pause", "", "", _ms(longest), of, "<= 5 s", kept)
        of = f"{one['acknowledged']} acknowledged, replicas missed {one['missedBytes']} bytes"
        yield _count(f"{what}: acknowledged clicks lost", one["lostClicks"], of, name == "waiting")


def _rounds(part: dict[str, Any]) -> str:
    return "one round" if part["rounds"] == 1 else f"median of {part['rounds']} rounds"


def _row(what, spread, of, goals=(), threshold=None) -> tuple:
    if spread is None:
        return (what, "", "", "", "no gaps", "", "")
    names = ("p50", "p99", "max")
    shown = [_ms(spread[name], threshold) for name in names]
    asked = [(name, goal) for name, goal in zip(names, goals) if goal]
    goal = ", ".join(f"{name} <= {goal} ms" for name, goal in asked)
    kept = _kept([(spread[name], goal) for name, goal in asked])
    return (what, *shown, of.format(spread["count"]), goal, kept)


def _count(what: str, count: int, of: str, judged: bool = True) -> tuple:
    kept = _kept([(count, 0)]) if judged else ""
    return (what, "", "", count, of, "0" if judged else "", kept)


def _kept(pairs) -> str:
    if not pairs:
        return ""
    return "yes" if all(found <= goal for found, goal in pairs) else "**no**"


def _ms(value: float, threshold: float | None = None) -> str:
    if threshold and value == 0:
        return f"< {threshold} ms"
    return f"{value:.0f} ms" if value >= 100 else f"{value:.3g} ms"


def _costs(part: dict[str, Any]) -> str:
    names = [one.name for one in ARRANGEMENTS]
    heads = ("for each click", "in process", "one pod, Valkey", "ratio", "two pods", "ratio")
    rows = []
    for what, figure, form in COSTS:
        values = [part[name][figure] for name in names]
        ratios = [part["ratios"][name].get(figure) for name in names[1:]]
        shown = [form.format(value) for value in values]
        told = [f"{ratio:.2f}" if ratio else "" for ratio in ratios]
        rows.append((what, shown[0], shown[1], told[0], shown[2], told[1]))
    split = part["twoPods"]["splitShare"]
    note = (
        f"{part['duels']} duels at {part['rate']} clicks/s a player, {_rounds(part)}, ratios to in "
        f"process; on two pods {split:.0%} of the duels had a player on each."
    )
    return f"{note}\n\n{_grid(heads, rows)}"


def _processors(parts: dict[str, Any], cores: int) -> str:
    heads = ("run", "machine busy", "pods", "Valkey", "HAProxy", "load player", "echo", "others")
    rows = []
    for name, usage in _usages(parts):
        used = usage["cores"]
        pods = " + ".join(_cores(used[n]) for n in sorted(used) if n.startswith("pod"))
        valkey = sum(one for n, one in used.items() if n.startswith("valkey"))
        rest = (used.get(n) for n in ("haproxy", "load player", "echo", "others"))
        rows.append((name, f"{usage['busy']:.0%}", pods, _cores(valkey), *map(_cores, rest)))
    if not rows:
        return ""
    return f"Processor time of every part, in % of one core of {cores}:\n\n{_grid(heads, rows)}"


def _usages(parts: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, part in parts.items():
        if not _told(parts, name):
            continue
        if "usage" in part:
            yield name, part["usage"]
        for inner, one in part.items():
            if isinstance(one, dict) and "usage" in one:
                duels = f", {one['duels']} duels" if "duels" in one else ""
                yield f"{name}: {inner}{duels}", one["usage"]


def _cores(share: float | None) -> str:
    return "" if share is None else f"{100 * share:.0f}"


def _grid(head, rows) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)
