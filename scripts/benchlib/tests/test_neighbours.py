"""What the neighbours of a flood are said to notice."""

import math
import unittest

import neighbours

# Exponential, in ascending order: the 99th percentile is 6.6 medians.
LOOK = [-0.1 * math.log(1 - (i + 0.5) / 10_000) for i in range(10_000)]


def turn(during=LOOK, first=LOOK, second=LOOK):
    return {"first": sorted(first), "second": sorted(second), "during": sorted(during)}


def slower(look, times):
    return [took * times for took in look]


class Noticing(unittest.TestCase):
    def test_a_flood_that_nobody_meets_moves_nothing(self):
        found = neighbours.noticed([turn()] * 3)
        self.assertEqual((found["median"], found["p99"], found["p99InMedians"]), ((1, 0), (1, 0), (1, 0)))

    def test_clicks_that_meet_a_flood_move_the_p99_in_milliseconds_and_in_medians(self):
        met = LOOK[:-200] + slower(LOOK[-200:], 2)
        found = neighbours.noticed([turn(met)] * 3)
        self.assertEqual(found["median"], (1, 0))
        self.assertGreater(found["p99"][0], 1.5)
        self.assertEqual(found["p99"], found["p99InMedians"])

    def test_a_slower_machine_moves_the_p99_and_the_median_and_not_their_ratio(self):
        found = neighbours.noticed([turn(slower(LOOK, 2))] * 3)
        self.assertEqual((found["median"][0], found["p99"][0]), (2, 2))
        self.assertAlmostEqual(found["p99InMedians"][0], 1)

    def test_a_flood_that_all_meet_moves_the_median(self):
        found = neighbours.noticed([turn([took + 0.1 for took in LOOK])] * 3)
        self.assertGreater(found["median"][0], 2)

    def test_a_stall_in_one_turn_is_the_latest_click_and_no_p99(self):
        stalled = turn(LOOK[:-100] + [float(ms) for ms in range(100)])
        found = neighbours.noticed([turn()] * 9 + [stalled])
        self.assertLess(found["p99"][0], 1.05)
        self.assertEqual((found["latestMs"], found["latestBeforeMs"]), (99, LOOK[-1]))

    def test_a_stall_in_every_turn_is_a_p99(self):
        found = neighbours.noticed([turn(LOOK[:-101] + [float(ms) for ms in range(1, 102)])] * 10)
        self.assertGreater(found["p99"][0], 1.5)

    def test_turns_that_differ_make_the_error_larger(self):
        alike = neighbours.noticed([turn(slower(LOOK, 1.1)), turn(slower(LOOK, 1.1))] * 2)["p99"]
        apart = neighbours.noticed([turn(slower(LOOK, 0.9)), turn(slower(LOOK, 1.3))] * 2)["p99"]
        self.assertLess(alike[1], 0.001)
        self.assertGreater(apart[1], 0.05)

    def test_two_looks_at_the_same_that_differ_are_told(self):
        found = neighbours.noticed([turn(second=slower(LOOK, 1.2))] * 3)
        self.assertAlmostEqual(found["chance"], 0.182, 3)
        self.assertAlmostEqual(found["chanceInMedians"], 0, 3)

    def test_one_turn_has_no_error(self):
        self.assertEqual(neighbours.noticed([turn()])["p99"], (1, 0))


class Looking(unittest.TestCase):
    def test_a_click_belongs_to_the_look_in_which_it_was_sent(self):
        looks = neighbours.of_looks([(0, 3.0), (9, 1.0), (10, 2.0), (15, 0.5)], {"a": (0, 10), "b": (10, 20)})
        self.assertEqual(looks, {"a": [1.0, 3.0], "b": [0.5, 2.0]})

    def test_a_look_without_a_click_ends_the_run(self):
        with self.assertRaises(SystemExit):
            neighbours.of_looks([(0, 3.0)], {"a": (0, 10), "b": (10, 20)})


if __name__ == "__main__":
    unittest.main()
