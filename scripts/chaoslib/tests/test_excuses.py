"""Which games may go without a result."""

import time
import unittest

from chaoslib.excuses import excused
from chaoslib.journal import Window
from chaoslib.lobby import Lobby, Watch
from chaoslib.store import room_key, slot_of

GAME = "00000000-0000-0000-0000-000000000001"
QUEUE, ROOM = slot_of("{mm}"), slot_of(room_key(GAME))


def struck(fault, after=500, slots=()):
    """A strike so many milliseconds from now."""
    begin = 1000 * time.time() + after
    return Window(fault, "", 1, begin, end=begin + 900, evidence={"slots": list(slots)})


def watch(founded):
    seen = Watch(None)
    seen.see(Lobby({}, {GAME: "{}"}))
    seen._founded = {GAME} if founded else set()
    return seen


class Excuses(unittest.TestCase):
    def test_a_match_without_a_room_may_be_lost_in_a_failover_or_with_a_wiped_store(self):
        for fault in ("F9", "F9-nowait", "F8-wiped"):
            self.assertEqual(excused([struck(fault)], watch(founded=False)), {GAME})
        for fault in ("F1", "F8"):
            self.assertEqual(excused([struck(fault)], watch(founded=False)), set())
        self.assertEqual(excused([struck("F9", after=60_000)], watch(founded=False)), set())

    def test_a_room_may_be_lost_only_where_commits_do_not_wait(self):
        for fault in ("F9", "F8-wiped"):
            there = struck(fault, slots=[(0, 16383)])
            self.assertEqual(excused([there], watch(founded=True)), set())

    def test_without_waiting_a_room_may_be_lost_with_the_primary_that_held_it_or_the_queue(self):
        self.assertNotEqual(QUEUE, ROOM)
        for slot in (QUEUE, ROOM):
            there = struck("F9-nowait", slots=[(slot, slot)])
            self.assertEqual(excused([there], watch(founded=True)), {GAME})
        elsewhere = struck("F9-nowait", slots=[(ROOM + 1, ROOM + 1)])
        self.assertNotEqual(QUEUE, ROOM + 1)
        self.assertEqual(excused([elsewhere], watch(founded=True)), set())
        later = struck("F9-nowait", after=60_000, slots=[(0, 16383)])
        self.assertEqual(excused([later], watch(founded=True)), set())


if __name__ == "__main__":
    unittest.main()
