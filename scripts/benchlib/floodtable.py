"""The table of floods: the goals, and what was found."""

import page

NAMES = {
    "messages": "messages, as fast as they go",
    "empty": "empty messages",
    "pings": "pings",
    "fragments": "empty fragments without end",
    "connections": "WebSockets, opened and closed without a rest",
    "heads": "request heads, a byte every second",
    "silent": "sockets that never say anything",
    "mute": "the same, not even a pong; back when they are cut off",
}
# How much later the neighbours' clicks may be acknowledged, 99 of 100: in milliseconds, and in medians of their look,
# so that a machine that was faster during the floods hides nothing.
RATIO = 1.1
# Seconds until the server has cut off the last one. Whoever sends too much goes at once; a head has 10 s,
# an unanswered ping too, and the server looks once a second.
AT_ONCE, LATER = 1, 12
# MiB. A thousand sockets may cost what a thousand idle players may.
FEW, THOUSAND = 8, 20

HEAD = (
    "flood", "clients", "opened / refused a second", "cut off after, longest", "never cut off",
    "server's memory grew by", "neighbours' click to ack, p99", "without", "ratio", "median's ratio",
    "ratio of p99 in medians", "latest click", "without", "kept",
)


def write(found):
    page.put("floods", f"{page.about('./scripts/bench --only flood', found)}\n\n{text(found['flood'])}")


def text(kinds):
    rows = [HEAD, ["---"] * len(HEAD), *(row(kind, of_kind) for kind, of_kind in kinds.items())]
    table = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([about(kinds), "", *table])


def about(kinds):
    times = len(next(iter(kinds.values()))["turns"])
    return (
        f"Each flood {times} times in one game. A ratio is that of all clicks during the floods to all before them, "
        "with its standard error; in medians: each look's clicks in its own median. "
        f"Goals: ratio, and ratio of p99 in medians, <= {RATIO:g}, nobody never cut off, and what stands in "
        "brackets. Two looks of a flood's length, one after the other without one, differ in their p99 by "
        f"{usual(kinds, 'chance'):.0%}, in medians by {usual(kinds, 'chanceInMedians'):.0%}. "
        f"Broken promises: {sum(of_kind['broken'] for of_kind in kinds.values())}."
    )


def usual(kinds, name):
    squares = [of_kind["noticed"][name] ** 2 for of_kind in kinds.values()]
    return (sum(squares) / len(squares)) ** 0.5


def row(kind, of_kind):
    turns, noticed = of_kind["turns"], of_kind["noticed"]
    seconds = sum(one["seconds"] for one in turns)
    a_second = [f"{sum(one[name] for one in turns) / seconds:.3g}" for name in ("opened", "refused")]
    longest, never, grown = server_side(turns)
    within, most = goals(kind)
    kept = longest <= within and never == 0 and grown <= most and unmoved(noticed)
    # Who leaves by himself is not cut off, and who answers pings may stay.
    leaves = kind in ("connections", "silent")
    return [
        NAMES[kind],
        f"{turns[0]['connections']}",
        " / ".join(a_second),
        "" if leaves else f"{longest:.3g} s (<= {within} s)",
        "" if leaves else f"{never}",
        f"{grown:.1f} MiB (<= {most} MiB)",
        f"{noticed['p99Ms']:.3g} ms",
        f"{noticed['p99BeforeMs']:.3g} ms",
        *("{:.2f} ± {:.2f}".format(*noticed[name]) for name in ("p99", "median", "p99InMedians")),
        f"{noticed['latestMs']:.0f} ms",
        f"{noticed['latestBeforeMs']:.0f} ms",
        "yes" if kept else "**no**",
    ]


def server_side(turns):
    """Seconds until the last was cut off, how many never were, and MiB that the server grew by."""
    return (
        max(one["longestMs"] for one in turns) / 1000,
        sum(one["neverCutOff"] for one in turns),
        max(one["rssPeakKib"] - one["rssBeforeKib"] for one in turns) / 1024,
    )


def goals(kind):
    """Seconds and MiB."""
    return LATER if kind in ("heads", "mute") else AT_ONCE, THOUSAND if kind in ("silent", "mute") else FEW


def unmoved(noticed):
    return all(noticed[name][0] <= RATIO for name in ("p99", "p99InMedians"))
