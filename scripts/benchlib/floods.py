"""Floods: what becomes of them, what they cost, and how much of them the neighbours notice.

The floods are those of `overcookied swarm flood`. They get the time that the neighbours' load leaves on
its core, so that what the neighbours notice is the server. For the same reason processors do not sleep
meanwhile, and the server's directory is in memory: disks and other machines are measured elsewhere.

They come and go while the neighbours play one long game: what a run of the load costs to begin and to end
is not measured then, and each flood is compared with the time just before it.
"""

import math
import pathlib
import statistics
import tempfile
import time

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


# Seconds until all neighbours play; until a flood is there, and longer for those that come slowly; until it is gone.
BEGUN, COMING, SLOWLY, GOING = 3, 1, 15, 2
SLOW = ("heads", "silent", "mute")


def measure(seconds, times):
    """Each kind with a server of its own, so often."""
    with machine.awake():
        return {kind: one_kind(kind, seconds, times) for kind in KINDS}


def one_kind(kind, seconds, times):
    """Neighbours of one long game, and the flood so often. Before each the time without it is twice as long:
    the server allows an address as much again by then."""
    length = BEGUN + times * (2 * seconds + (SLOWLY if kind in SLOW else COMING) + seconds + GOING)
    with (
        tempfile.TemporaryDirectory(dir=machine.memory()) as directory,
        machine.server(machine.memory(), GAME_SECONDS=str(length), COUNTDOWN_SECONDS="1") as server,
    ):
        clicks = pathlib.Path(directory) / "clicks"
        neighbours = machine.load(
            server, "--duels", DUELS, "--rate", RATE, "--ramp", 250, "--golden-share", 0, "--json",
            "--timeout", 2 * length, "--clicks", clicks)
        time.sleep(BEGUN)
        turns = [one_turn(server, kind, seconds) for _ in range(times)]
        if neighbours.poll() is not None:
            raise SystemExit(f"bench: the neighbours' game was over before the last flood ({kind})")
        report = machine.result(neighbours, broken_is_fine=True)
        took = [tuple(map(float, line.split())) for line in clicks.read_text().splitlines()]
    for turn in turns:
        turn["p99"] = {name: p99(took, *window) for name, window in turn.pop("windows").items()}
    return {"turns": turns, "broken": sum(report["violations"].values())}


def one_turn(server, kind, seconds):
    """Without the flood, then with it."""
    first, second = window(seconds), window(seconds)
    before = (first[0], second[1])
    flood = machine.load(server, "flood", "--kind", kind, "--seconds", seconds, leftover=True)
    machine.wait_said(flood, "is there")
    during = window(seconds)
    of_flood = machine.result(flood)
    time.sleep(GOING)
    return of_flood | {"windows": {"first": first, "second": second, "before": before, "during": during}}


def window(seconds):
    """Waits; from when until when, in milliseconds since 1970."""
    began = time.time()
    time.sleep(seconds)
    return began * 1000, time.time() * 1000


def p99(clicks, begin, end):
    took = sorted(took for at, took in clicks if begin <= at < end)
    if not took:
        raise SystemExit("bench: the neighbours' game was over before the flood")
    return took[math.ceil(0.99 * len(took)) - 1]


def text(kinds):
    """The table, and how far two looks at the same differ."""
    head = [
        "flood", "clients", "opened / refused a second", "cut off after, longest", "never cut off",
        "server's memory grew by", "neighbours' click to ack, p99", "without", "ratio", "kept",
    ]
    rows = [head, ["---"] * len(head), *(row(kind, of_kind) for kind, of_kind in kinds.items())]
    table = ["| " + " | ".join(row) + " |" for row in rows]
    times = len(next(iter(kinds.values()))["turns"])
    about = (
        f"Each flood {times} times in one game; a ratio is the geometric mean of them, with its standard error, of the "
        "p99 with the flood to that before it. "
        f"Goals: ratio <= {RATIO:g}, nobody never cut off, and what stands in brackets. "
        f"Two looks of a flood's length, one after the other without one, differ by {chance(kinds):.0%}. "
        f"Broken promises: {sum(of_kind['broken'] for of_kind in kinds.values())}."
    )
    return "\n".join([about, "", *table])


def row(kind, of_kind):
    turns = of_kind["turns"]
    late = kind in ("heads", "mute")
    seconds = sum(one["seconds"] for one in turns)
    a_second = [f"{sum(one[name] for one in turns) / seconds:.3g}" for name in ("opened", "refused")]
    longest = max(one["longestMs"] for one in turns) / 1000
    never = sum(one["neverCutOff"] for one in turns)
    grown = max(one["rssPeakKib"] - one["rssBeforeKib"] for one in turns) / 1024
    within, most = LATER if late else AT_ONCE, THOUSAND if kind in ("silent", "mute") else FEW
    ratio, error = compared(turns)
    kept = longest <= within and never == 0 and grown <= most and ratio <= RATIO
    # Who leaves by himself is not cut off, and who answers pings may stay.
    leaves = kind in ("connections", "silent")
    return [
        KINDS[kind],
        f"{turns[0]['connections']}",
        " / ".join(a_second),
        "" if leaves else f"{longest:.3g} s (<= {within} s)",
        "" if leaves else f"{never}",
        f"{grown:.1f} MiB (<= {most} MiB)",
        f"{usual(turns, 'during'):.3g} ms",
        f"{usual(turns, 'before'):.3g} ms",
        f"{ratio:.2f} ± {error:.2f}",
        "yes" if kept else "**no**",
    ]


def compared(turns):
    """Ratio and its standard error (0 if there was one turn)."""
    logs = [math.log(one["p99"]["during"] / one["p99"]["before"]) for one in turns]
    error = statistics.stdev(logs) / math.sqrt(len(logs)) if len(logs) > 1 else 0
    ratio = math.exp(statistics.mean(logs))
    return ratio, ratio * error


def usual(turns, name):
    return statistics.geometric_mean(one["p99"][name] for one in turns)


def chance(kinds):
    """How far two looks at the same differ, as a share."""
    looks = [turn["p99"] for of_kind in kinds.values() for turn in of_kind["turns"]]
    return math.sqrt(statistics.mean(math.log(one["first"] / one["second"]) ** 2 for one in looks))


def write(found):
    page.put("floods", f"{page.about('./scripts/bench --only flood', found)}\n\n{text(found['flood'])}")
