"""What belongs to which strike, and what is counted."""

import unittest

from chaoslib.gaps import Gap
from pods import figures
from pods.clicks import largest
from pods.figures import Strike
from pods.stage import calls
from pods.usage import Mark, between


def gap(begin, end, room="r", reconnected=False, player="p", ended="ack"):
    return Gap(begin, end, end - begin, player, room, reconnected, 0.0, ended)


class Attributing(unittest.TestCase):
    strike = Strike(1000.0, 6000.0, frozenset({"r"}))

    def spread(self, *gaps):
        return figures.attribute(gaps, [self.strike])

    def test_gaps_over_a_strike_are_those_of_survivors_of_the_reconnected_and_of_others(self):
        found = self.spread(gap(950, 1600), gap(900, 2600, reconnected=True), gap(900, 1400, "x"))
        self.assertEqual((found.survivor, found.reconnected), ([650], [1700]))
        self.assertEqual((found.elsewhere, found.later, found.none), ([500], [], []))

    def test_an_acknowledgement_that_was_under_way_does_not_hide_a_gap(self):
        self.assertEqual(self.spread(gap(1100, 1700)).survivor, [600])

    def test_what_ended_before_or_began_long_after_is_nobodys(self):
        found = self.spread(gap(600, 990), gap(10_100, 10_600))
        self.assertEqual((found.survivor, found.none), ([], [390, 500]))

    def test_a_second_gap_in_the_wake_of_a_strike_is_told_by_itself(self):
        self.assertEqual(self.spread(gap(6500, 7000)).later, [500])

    def test_a_gap_that_nothing_ended_is_counted(self):
        self.assertEqual(self.spread(gap(900, 9000, ended="never")).never, 1)


class Counting(unittest.TestCase):
    def test_a_player_without_a_gap_counts_as_nothing(self):
        gaps = [gap(0, 500), gap(600, 1500), gap(100, 800, player="q")]
        self.assertEqual(sorted(figures.longest_gaps(gaps, 0, 2000, 4)), [0.0, 0.0, 700, 900])

    def test_clicks_that_were_taken_back_are_summed(self):
        told = [
            {"class": "lost", "text": "version 9 acknowledges 20 after 23"},
            {"class": "lost", "text": "points fell from (3, 4) in version 7 to (2, 4) in version 6"},
            {"class": "stuck", "text": "version 9 acknowledges 1 after 5"},
        ]
        self.assertEqual(figures.lost_clicks(told), 3)

    def test_medians_go_number_by_number(self):
        rounds = [{"a": {"p99": n}, "b": None, "c": "x"} for n in (5, 1, 3)]
        self.assertEqual(figures.medians(rounds), {"a": {"p99": 3}, "b": None, "c": "x"})

    def test_the_largest_step_that_holds_is_found_by_halving(self):
        steps = [25, 50, 100, 150, 200]
        for limit, best in ((10, None), (25, 25), (120, 100), (999, 200)):
            tried = []
            self.assertEqual(largest(steps, lambda n: tried.append(n) or n <= limit), best)
            self.assertLessEqual(len(tried), 3)

    def test_calls_of_valkey_are_read_by_command(self):
        text = "cmdstat_evalsha:calls=12,usec=9\r\ncmdstat_client|kill:calls=3,usec=1\r\n"
        self.assertEqual(calls(text), {"valkey:evalsha": 12.0, "valkey:client|kill": 3.0})

    def test_what_no_part_used_is_others(self):
        first, last = Mark(0.0, {"pod1": 1.0}, (0, 0)), Mark(10.0, {"pod1": 3.0, "pod2": 1.0}, (100, 100))
        found = between(first, last)
        self.assertEqual((found["busy"], found["cores"]["others"]), (0.0, 0.0))
        self.assertAlmostEqual(found["cores"]["pod1"], 0.2)
        self.assertAlmostEqual(found["cores"]["pod2"], 0.1)
