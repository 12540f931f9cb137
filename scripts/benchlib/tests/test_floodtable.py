"""When a flood is said to have been kept off."""

import unittest

import floodtable

TURN = {
    "seconds": 10, "connections": 1, "opened": 20, "refused": 0, "longestMs": 5, "neverCutOff": 0,
    "rssBeforeKib": 1024, "rssPeakKib": 2048,
}
NOTICED = {
    "median": (1.0, 0.02), "p99": (1.05, 0.06), "p99InMedians": (1.05, 0.03), "p99Ms": 0.4, "p99BeforeMs": 0.4,
    "latestMs": 20.0, "latestBeforeMs": 5.0, "chance": 0.18, "chanceInMedians": 0.1,
}


def kept(kind="messages", noticed=(), **turn):
    of_kind = {"turns": [TURN | turn], "noticed": NOTICED | dict(noticed), "broken": 0}
    return floodtable.row(kind, of_kind)[-1] == "yes"


class Keeping(unittest.TestCase):
    def test_a_harmless_flood_is_kept_off(self):
        self.assertTrue(kept())

    def test_one_that_moves_the_p99_is_not_however_large_the_error_and_whatever_the_machine_did(self):
        self.assertFalse(kept(noticed={"p99": (1.11, 0.3)}))
        self.assertFalse(kept(noticed={"p99InMedians": (1.11, 0.02)}))

    def test_one_that_costs_memory_or_is_cut_off_late_or_never_is_not(self):
        self.assertFalse(kept(rssPeakKib=9.5 * 1024))
        self.assertFalse(kept(longestMs=1001))
        self.assertFalse(kept(neverCutOff=1))

    def test_thousands_may_cost_more_and_slow_ones_take_longer(self):
        self.assertTrue(kept("silent", rssPeakKib=20 * 1024))
        self.assertTrue(kept("heads", longestMs=11_000))

    def test_every_row_is_as_long_as_the_head(self):
        rows = floodtable.text({"mute": {"turns": [TURN], "noticed": NOTICED, "broken": 3}}).splitlines()
        self.assertEqual({row.count("|") for row in rows[2:]}, {len(floodtable.HEAD) + 1})
        self.assertIn("Broken promises: 3.", rows[0])


if __name__ == "__main__":
    unittest.main()
