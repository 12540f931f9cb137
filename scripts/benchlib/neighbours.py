"""What the neighbours of a flood notice: how late their clicks are acknowledged with it and without.

The speed of a virtual machine changes from one look to the next, and moves median and 99th percentile together. A
flood meets few clicks: it moves the 99th percentile, and the median by little. So clicks are also measured in the
median of their look, which tells with a smaller error what the flood does beyond slowing everybody.

All looks with the flood are one sample and all without are the other. What a ratio of the two is worth is told by
how it changes if one turn is left out (the jackknife, Efron and Stein 1981), taking turns as independent.
"""

import math
import statistics

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
    return {
        "median": ratio(turns, MEDIAN, milliseconds),
        "p99": ratio(turns, P99, milliseconds),
        "p99InMedians": ratio(turns, P99, in_medians),
        "p99Ms": quantile(during(turns, milliseconds), P99),
        "p99BeforeMs": quantile(before(turns, milliseconds), P99),
        "latestMs": max(turn["during"][-1] for turn in turns),
        "latestBeforeMs": max(max(turn["first"][-1], turn["second"][-1]) for turn in turns),
        "chance": chance(turns, milliseconds),
        "chanceInMedians": chance(turns, in_medians),
    }


def told(turn):
    """A turn in few numbers, milliseconds: what is kept of it."""
    return {
        name: {"median": quantile(look, MEDIAN), "p99": quantile(look, P99), "latest": look[-1]}
        for name, look in turn.items()
    }


def ratio(turns, share, unit):
    """Of a quantile with the flood to that without, and its standard error (0 if there was one turn)."""
    all_turns = one_ratio(turns, share, unit)
    if len(turns) < 2:
        return all_turns, 0.0
    without = [one_ratio(turns[:i] + turns[i + 1 :], share, unit) for i in range(len(turns))]
    return all_turns, math.sqrt((len(turns) - 1) * statistics.pvariance(without))


def one_ratio(turns, share, unit):
    return quantile(during(turns, unit), share) / quantile(before(turns, unit), share)


def during(turns, unit):
    return [took for turn in turns for took in unit(turn["during"])]


def before(turns, unit):
    return [took for turn in turns for name in ("first", "second") for took in unit(turn[name])]


def chance(turns, unit):
    """How far two looks at the same differ in the 99th percentile: the root mean square of the logarithm."""
    logs = [
        math.log(quantile(unit(turn["first"]), P99) / quantile(unit(turn["second"]), P99)) for turn in turns
    ]
    return math.sqrt(statistics.mean(log**2 for log in logs))


def milliseconds(look):
    return look


def in_medians(look):
    median = quantile(look, MEDIAN)
    return [took / median for took in look]


def quantile(times, share):
    """The smallest of them that so many are not above."""
    return sorted(times)[math.ceil(share * len(times)) - 1]
