"""Gaps against windows."""

import json
import unittest

from chaoslib import gaps
from chaoslib.gaps import Gap
from chaoslib.journal import Window


def gap(begin, end, reconnected=False, room="r"):
    return Gap(begin, end, end - begin, "p", room, reconnected, 0.0, "ack")


def window(fault, begin, end):
    return Window(fault, "", 1, begin, end)


class Correlation(unittest.TestCase):
    def test_a_gap_belongs_to_the_fault_whose_window_it_touches(self):
        windows = [window("F1", 10_000, 10_050), window("F3", 60_000, 65_000)]
        cases = {
            "across the strike": (9_900, 10_900, "F1"),
            "begun by a late acknowledgement": (10_020, 11_000, "F1"),
            "in the recovery": (12_000, 12_900, "F1"),
            "in the middle of a long disturbance": (62_000, 63_000, "F3"),
            "over before the strike": (9_000, 9_990, gaps.NONE),
            "long after": (14_000, 15_000, gaps.NONE),
        }
        for name, (begin, end, fault) in cases.items():
            self.assertEqual(list(gaps.by_fault([gap(begin, end)], windows)), [fault], name)

    def test_a_gap_that_touches_two_faults_belongs_to_neither_alone(self):
        windows = [window("F1", 10_000, 10_050), window("F10", 10_300, 11_800)]
        groups = gaps.by_fault([gap(9_900, 12_000)], windows)
        self.assertEqual(list(groups), [gaps.SEVERAL])

    def test_a_fault_that_is_over_is_not_blamed_beside_one_under_way(self):
        windows = [window("F1", 10_000, 10_050), window("F10", 12_000, 13_500)]
        self.assertEqual(list(gaps.by_fault([gap(11_900, 13_600)], windows)), ["F10"])
        self.assertEqual(list(gaps.by_fault([gap(10_400, 11_000)], windows)), ["F1"])

    def test_two_strikes_of_the_same_fault_are_one_fault(self):
        windows = [window("F1", 10_000, 10_050), window("F1", 11_000, 11_050)]
        self.assertEqual(list(gaps.by_fault([gap(9_900, 12_000)], windows)), ["F1"])

    def test_a_window_that_was_never_closed_still_counts(self):
        groups = gaps.by_fault([gap(9_900, 11_000)], [window("F1", 10_000, None)])
        self.assertEqual(list(groups), ["F1"])

    def test_survivors_and_reconnected_are_told_apart(self):
        windows = [window("F1", 1000, 1010)]
        told = gaps.by_fault([gap(900, 1500), gap(900, 1900, True)], windows)["F1"]
        self.assertEqual((told.survivors, told.reconnected), ([600], [1000]))

    def test_the_faults_near_a_game_are_those_its_gaps_touched(self):
        windows = [window("F1", 1000, 1010), window("F3", 50_000, 55_000)]
        all_gaps = [gap(900, 1500, room="a"), gap(51_000, 52_000, room="b")]
        self.assertEqual(gaps.near("a", all_gaps, windows), {"F1"})
        self.assertEqual(gaps.near(None, all_gaps, windows), set())

    def test_a_gap_may_be_as_long_as_the_disturbance_and_a_while(self):
        self.assertEqual(gaps.too_long([gap(0, 15_000)], []), [])
        self.assertEqual(len(gaps.too_long([gap(0, 15_001)], [])), 1)
        outage = [window("F12", 1000, 13_000)]
        self.assertEqual(gaps.too_long([gap(900, 27_900)], outage), [])
        self.assertEqual(len(gaps.too_long([gap(900, 27_901)], outage)), 1)


class Reading(unittest.TestCase):
    LINE = {
        "begin": 1, "end": 501, "ms": 500.0, "player": "p", "room": None, "reconnected": True,
        "survivor": False, "pausedSeconds": 0.25, "ended": "never",
    }  # fmt: skip

    def test_the_swarms_lines_are_read_and_a_torn_one_is_left_out(self):
        whole = json.dumps(self.LINE)
        (read,) = gaps.read([whole, whole[:20]])
        self.assertEqual((read.ms, read.paused, read.reconnected), (500.0, 250.0, True))


class Percentiles(unittest.TestCase):
    def test_they_are_values_that_occurred(self):
        values = list(range(1, 101))
        self.assertEqual(gaps.percentile(values, 0.5), 50)
        self.assertEqual(gaps.percentile(values, 0.99), 99)
        self.assertEqual(gaps.percentile([7], 0.99), 7)
        self.assertEqual(gaps.spread([3, 1, 2]), {"count": 3, "p50": 2, "p99": 3, "max": 3})
        self.assertIsNone(gaps.spread([]))
