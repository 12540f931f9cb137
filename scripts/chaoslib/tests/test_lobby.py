"""What must hold in matchmaking at every moment."""

import json
import time
import unittest

from chaoslib.lobby import LOOKS, Lobby, Watch, players_of


def record(*players, bot=None):
    seats = {f"p{n}": {"player": {"id": p}, "bot": None} for n, p in enumerate(players, 1)}
    if bot:
        seats["p2"] = {"player": {"id": bot}, "bot": "easy"}
    return json.dumps({"format": 1, "at": 5, "founding": {"room": "r", "seats": seats}})


GOOD = Lobby({"ada": "r", "bob": "r"}, {"r": record("ada", "bob")}, frozenset({"eve"}))


def watched(*looks):
    watch = Watch(None)
    for lobby in looks:
        watch.see(lobby)
    return watch.found()


class Moments(unittest.TestCase):
    def test_two_who_play_and_one_who_waits_are_as_they_should_be(self):
        self.assertEqual(watched(*[GOOD] * 9), [])

    def test_a_bot_has_no_seat(self):
        self.assertEqual(players_of(record("ada", bot="crumb")), ["ada"])
        self.assertEqual(watched(*[Lobby({"ada": "r"}, {"r": record("ada", bot="b")})] * 9), [])

    def test_who_sits_and_waits_is_seen_at_the_first_look(self):
        for waits in ({"tickets": frozenset({"ada"})}, {"queued": frozenset({"ada"})}):
            found = watched(Lobby(GOOD.seated, GOOD.matches, **waits))
            self.assertEqual(len(found), 1)
            self.assertIn("ada sits in r and waits", found[0])

    def test_an_open_game_whose_player_sits_nowhere_is_seen_when_it_lasts(self):
        lost = Lobby({"ada": "r"}, GOOD.matches)
        self.assertEqual(watched(*[lost] * (LOOKS - 1), GOOD, lost), [])
        found = watched(*[lost] * LOOKS)
        self.assertEqual(found, ["player bob of the open game r sits in nowhere"])

    def test_a_seat_without_a_founding_record_is_seen_when_it_lasts(self):
        for matches in ({}, {"r": "rubbish"}, {"r": record("bob")}):
            alone = Lobby({"ada": "r", "bob": "r"}, matches)
            self.assertTrue(any("ada sits in r" in text for text in watched(*[alone] * LOOKS)))

    def test_every_game_that_was_ever_there_is_known(self):
        watch = Watch(None)
        for lobby in (GOOD, Lobby({}, {"s": record("eve")}), Lobby()):
            watch.see(lobby)
        self.assertEqual(watch.games, {"r", "s"})

    def test_the_matches_of_a_moment_are_known_and_which_of_them_never_got_a_room(self):
        watch = Watch(None)
        watch.see(GOOD)
        now = 1000 * time.time()
        self.assertEqual(watch.lost([(now + 500, now + 900)]), {"r"}, "just before it")
        self.assertEqual(watch.lost([(now + 60_000, now + 61_000)]), set())
        self.assertEqual(watch.lost([]), set())
        watch._founded = {"r"}
        self.assertEqual(watch.lost([(now + 500, now + 900)]), set())
        self.assertEqual(watch.made([(now + 500, now + 900)]), {"r"})
        self.assertEqual(watch.made([(now + 60_000, now + 61_000)]), set())

    def test_never_to_have_looked_is_a_violation(self):
        self.assertEqual(watched(), ["matchmaking was never looked at"])


if __name__ == "__main__":
    unittest.main()
