"""The plan."""

import collections
import unittest

from chaoslib.faults import AOF, FAULTS, OWN_RIG, PLAYERS, PODS, PROXIES, SINGLE, SOAK, STORE
from chaoslib.faults import NAMESPACES, impossible
from chaoslib.schedule import LEAD, PAUSE, plan, round_length, rounds_needed
from chaoslib.strikes import STRIKES

EVERYTHING = [FAULTS[name] for name in SOAK]


class Plans(unittest.TestCase):
    def test_the_same_seed_gives_the_same_plan_and_another_one_another(self):
        self.assertEqual(plan(EVERYTHING, 300, 7), plan(EVERYTHING, 300, 7))
        self.assertNotEqual(plan(EVERYTHING, 300, 7), plan(EVERYTHING, 300, 8))

    def test_five_minutes_hold_every_fault_five_times_with_room_for_delays(self):
        for seed in range(50):
            strikes = plan(EVERYTHING, 300, seed)
            times = collections.Counter(strike.fault for strike in strikes)
            struck = {fault.name for fault in EVERYTHING if fault.lane != PLAYERS}
            self.assertEqual(set(times), struck)
            self.assertGreaterEqual(min(times.values()), rounds_needed(5))
            last = max(strike.at + FAULTS[strike.fault].lasts for strike in strikes)
            self.assertLess(last, 290)

    def test_strikes_of_one_lane_do_not_overlap(self):
        for seed in range(50):
            for lane in (PODS, STORE):
                own = [strike for strike in plan(EVERYTHING, 120, seed) if strike.lane == lane]
                for one, next_one in zip(own, own[1:]):
                    free_at = one.at + FAULTS[one.fault].lasts + PAUSE
                    self.assertGreaterEqual(next_one.at + 0.011, free_at)
                self.assertGreaterEqual(own[0].at, LEAD)

    def test_lanes_with_less_to_do_are_spread_over_the_round(self):
        strikes = plan(EVERYTHING, 300, 3)
        length = round_length(EVERYTHING)
        store = [strike.at for strike in strikes if strike.lane == STORE]
        self.assertGreater(max(store), LEAD + 4 * length)

    def test_a_fault_alone_strikes_as_often_as_it_can(self):
        strikes = plan([FAULTS["F1"]], 60, 1)
        self.assertGreaterEqual(len(strikes), 9)
        pauses = {round(b.at - a.at, 1) for a, b in zip(strikes, strikes[1:])}
        self.assertGreater(len(pauses), 3, "not in step with anything")

    def test_every_way_to_strike_comes_in_turn(self):
        strikes = plan([FAULTS["F12"]], 300, 1)
        self.assertEqual({strike.variant for strike in strikes}, set(FAULTS["F12"].variants))

    def test_what_players_do_is_not_planned(self):
        self.assertEqual(plan([FAULTS["F18"], FAULTS["F19"]], 300, 1), [])

    def test_every_fault_that_is_planned_can_be_struck(self):
        planned = {fault.name for fault in FAULTS.values() if fault.lane != PLAYERS}
        self.assertEqual(planned, set(STRIKES))
        self.assertEqual({*SOAK, *OWN_RIG}, set(FAULTS))


class Possible(unittest.TestCase):
    def test_a_fault_says_what_it_misses(self):
        self.assertIsNone(impossible(FAULTS["F1"], set()))
        self.assertIn("namespace", impossible(FAULTS["F4"], {PROXIES, AOF, SINGLE}))
        self.assertIsNone(impossible(FAULTS["F4"], {NAMESPACES}))
        self.assertIn("keeps its data", impossible(FAULTS["F8"], {SINGLE}))


if __name__ == "__main__":
    unittest.main()
