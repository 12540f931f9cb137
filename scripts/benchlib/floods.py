"""Floods: what becomes of them, what they cost, and how much of them the neighbours notice.

The floods are those of `overcookied swarm flood`. They get the time that the neighbours' load leaves on
its core, so that what the neighbours notice is the server. For the same reason processors do not sleep
meanwhile, and the server's directory is in memory: disks and other machines are measured elsewhere.
"""

import math
import statistics

import machine
import page

KINDS = {
    "messages": "messages, as fast as they go",
    "empty": "empty messages",
    "pings": "pings",
    "fragments": "empty fragments without end",
    "connections": "WebSockets, opened and closed without a rest",
    "heads": "request heads, a byte every second",
    "silent": "sockets that never say anything",
    "mute": "the same, not even a pong; back when they are cut off",
}
DUELS, RATE = 50, 10
# How much later the neighbours' clicks may be acknowledged, 99 of 100.
RATIO = 1.1
# Seconds until the server has cut off the last one. Whoever sends too much goes at once; a head has 10 s,
# an unanswered ping too, and the server looks once a second.
AT_ONCE, LATER = 1, 12
# MiB. A thousand sockets may cost what a thousand idle players may.
FEW, THOUSAND = 8, 20


def measure(seconds, rounds):
    """Neighbours with a flood of each kind and without any, in turn; every round on a fresh server."""
    with machine.awake():
        return [one_round(seconds, rotated(list(KINDS), number)) for number in range(rounds)]


def one_round(seconds, kinds):
    with machine.server(machine.memory(), GAME_SECONDS=str(seconds), COUNTDOWN_SECONDS="1") as server:
        quiet, flooded = [neighbours(server)], {}
        for kind in kinds:
            # The seconds beyond the game are those in which the neighbours come and go.
            flood = machine.load(
                server, "flood", "--kind", kind, "--seconds", seconds + 3, leftover=True)
            machine.wait_said(flood, "is there")
            during = neighbours(server)
            flooded[kind] = machine.result(flood) | {"during": during}
            quiet.append(neighbours(server))
        return {"quiet": quiet, "floods": flooded}


def neighbours(server):
    """How long their clicks took, and how many promises were broken."""
    duels = machine.load(
        server, "--duels", DUELS, "--rate", RATE, "--ramp", 250, "--golden-share", 0, "--json")
    report = machine.result(duels, broken_is_fine=True)
    return report["latencyMs"]["clickToAck"] | {"broken": sum(report["violations"].values())}


def rotated(names, by):
    """What a server has been through must not always hit the same kind."""
    by %= len(names)
    return [*names[by:], *names[:by]]


def text(rounds):
    """The table, and how far two looks at the same differ."""
    head = [
        "flood", "clients", "opened / refused a second", "cut off after, longest", "never cut off",
        "server's memory grew by", "neighbours' click to ack, p99", "without", "ratio", "kept",
    ]
    rows = [head, ["---"] * len(head), *(row(kind, rounds) for kind in KINDS)]
    table = ["| " + " | ".join(row) + " |" for row in rows]
    runs = [run for one in rounds for run in [*one["quiet"], *during(one)]]
    about = (
        f"{len(rounds)} rounds; a ratio is the geometric mean of them, with its standard error, of the p99 with "
        "the flood to the median of those without in the same round. "
        f"Goals: ratio <= {RATIO:g}, nobody never cut off, and what stands in brackets. "
        f"A single run without a flood differs from that median by {chance(rounds):.0%} (standard deviation). "
        f"Broken promises in all {len(runs)} runs: {sum(run['broken'] for run in runs)}."
    )
    return "\n".join([about, "", *table])


def row(kind, rounds):
    of_kind = [one["floods"][kind] for one in rounds]
    late = kind in ("heads", "mute")
    seconds = sum(one["seconds"] for one in of_kind)
    a_second = [f"{sum(one[name] for one in of_kind) / seconds:.3g}" for name in ("opened", "refused")]
    longest = max(one["longestMs"] for one in of_kind) / 1000
    never = sum(one["neverCutOff"] for one in of_kind)
    grown = max(one["rssPeakKib"] - one["rssBeforeKib"] for one in of_kind) / 1024
    within, most = LATER if late else AT_ONCE, THOUSAND if kind in ("silent", "mute") else FEW
    ratio, error, with_it, without = compared(kind, rounds)
    kept = longest <= within and never == 0 and grown <= most and ratio <= RATIO
    # Who leaves by himself is not cut off, and who answers pings may stay.
    leaves = kind in ("connections", "silent")
    return [
        KINDS[kind],
        f"{of_kind[0]['connections']}",
        " / ".join(a_second),
        "" if leaves else f"{longest:.3g} s (<= {within} s)",
        "" if leaves else f"{never}",
        f"{grown:.1f} MiB (<= {most} MiB)",
        f"{with_it:.3g} ms",
        f"{without:.3g} ms",
        f"{ratio:.2f} ± {error:.2f}",
        "yes" if kept else "**no**",
    ]


def compared(kind, rounds):
    """Ratio, its standard error (0 if there is one round), p99 with the flood, and without."""
    with_it = [one["floods"][kind]["during"]["p99"] for one in rounds]
    without = [usual(one) for one in rounds]
    logs = [math.log(one / other) for one, other in zip(with_it, without)]
    error = statistics.stdev(logs) / math.sqrt(len(logs)) if len(logs) > 1 else 0
    ratio = math.exp(statistics.mean(logs))
    return ratio, ratio * error, statistics.geometric_mean(with_it), statistics.geometric_mean(without)


def usual(one):
    """The p99 of a round when there was no flood."""
    return statistics.median(run["p99"] for run in one["quiet"])


def chance(rounds):
    """How far single runs without a flood differ from the usual one, as a share."""
    logs = [math.log(run["p99"] / usual(one)) for one in rounds for run in one["quiet"]]
    return statistics.pstdev(logs)


def during(one):
    return [flood["during"] for flood in one["floods"].values()]


def write(found):
    page.put("floods", f"{page.about('./scripts/bench --only flood', found)}\n\n{text(found['flood'])}")
