"""What the neighbours of a flood notice: how late their clicks are acknowledged with it and without.

The speed of a virtual machine changes from one look to the next, and moves median and 99th percentile together. A
flood meets few clicks: it moves the 99th percentile, and the median by little. So clicks are also measured in the
median of their look, which tells with a smaller error what the flood does beyond slowing everybody.

All looks with the flood are one sample and all without are the other. What a ratio of the two is worth is told by
how it changes if one turn is left out (the jackknife, Efron and Stein 1981), taking turns as independent.
"""

import math
import statistics

from chaoslib.gaps import percentile

MEDIAN, P99 = 0.5, 0.99


def of_looks(clicks, windows):
    """Each look's times, in ascending order. `clicks`: (when it was sent, how long it took), in milliseconds."""
    looks = {
        name: sorted(took for at, took in clicks if begin <= at < end) for name, (begin, end) in windows.items()
    }
    if not all(looks.values()):
        raise SystemExit("bench: the neighbours' game was over before the flood")
    return looks


def noticed(turns):
    """What all turns say together. A turn: its looks before the flood (`first` and `second`) and `during` it."""
    relative = [{name: in_medians(look) for name, look in turn.items()} for turn in turns]
    return {
        "median": ratio(turns, MEDIAN),
        "p99": ratio(turns, P99),
        "p99InMedians": ratio(relative, P99),
        "p99Ms": percentile(during(turns), P99),
        "p99BeforeMs": percentile(before(turns), P99),
        "latestMs": max(turn["during"][-1] for turn in turns),
        "latestBeforeMs": max(max(turn["first"][-1], turn["second"][-1]) for turn in turns),
        "chance": chance(turns),
        "chanceInMedians": chance(relative),
    }


def in_medians(look):
    median = percentile(look, MEDIAN)
    return [took / median for took in look]


def told(turn):
    """A turn in few numbers, milliseconds: what is kept of it."""
    return {
        name: {"median": percentile(look, MEDIAN), "p99": percentile(look, P99), "latest": look[-1]}
        for name, look in turn.items()
    }


def ratio(turns, share):
    """Of a quantile with the flood to that without, and its standard error (0 if there was one turn)."""
    all_turns = one_ratio(turns, share)
    if len(turns) < 2:
        return all_turns, 0.0
    without = [one_ratio(turns[:i] + turns[i + 1 :], share) for i in range(len(turns))]
    return all_turns, math.sqrt((len(turns) - 1) * statistics.pvariance(without))


def one_ratio(turns, share):
    return percentile(during(turns), share) / percentile(before(turns), share)


def during(turns):
    return [took for turn in turns for took in turn["during"]]


def before(turns):
    return [took for turn in turns for name in ("first", "second") for took in turn[name]]


def chance(turns):
    """How far two looks at the same differ in the 99th percentile: the root mean square of the logarithm."""
    logs = [math.log(percentile(turn["first"], P99) / percentile(turn["second"], P99)) for turn in turns]
    return math.sqrt(statistics.mean(log**2 for log in logs))
