"""The results database, with the server's own schema."""

import contextlib
import pathlib
import re
import sqlite3
import tempfile
import unittest
import uuid

from chaoslib import results
from clusterlib import building

SCHEMA = building.ROOT / "src" / "results" / "sqlite" / "schema.rs"
ADA, BOB = uuid.UUID(int=1), uuid.UUID(int=2)


class Database(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = pathlib.Path(folder.name) / "results"
        for statements in re.findall(r'const \w+: &str = "(.*?)";', SCHEMA.read_text(), re.DOTALL):
            self.run_sql(lambda db, text=statements: db.executescript(text))
        self.games = [uuid.UUID(int=number) for number in (101, 102)]
        self.run_sql(self.play)

    def run_sql(self, work):
        with contextlib.closing(sqlite3.connect(self.path)) as db:
            work(db)
            db.commit()

    def play(self, db):
        """Two games, which Ada wins; one of them void."""
        for game, reason, winner in zip(self.games, ("time", "void"), (0, None)):
            values = (game.bytes, "cookie", 1, reason, winner)
            db.execute("INSERT INTO games VALUES (?, ?, ?, ?, ?)", values)
            for seat, player in enumerate((ADA, BOB)):
                values = (game.bytes, seat, player.bytes, "x", None, None, 5 - seat, 5)
                db.execute("INSERT INTO seats VALUES (?, ?, ?, ?, ?, ?, ?, ?)", values)
                values = (player.bytes, 1, game.bytes, seat)
                db.execute("INSERT INTO history VALUES (?, ?, ?, ?)", values)
        for player, points, wins in ((ADA, 5, 1), (BOB, 4, 0)):
            values = (0, player.bytes, points, 1, wins, 0, 1)
            db.execute("INSERT INTO standings VALUES (?, ?, ?, ?, ?, ?, ?)", values)

    def check(self, games=None, played=0, lost=()):
        names = {str(game) for game in (self.games if games is None else games)}
        return results.check(self.path, names, played, {str(game) for game in lost})

    def test_games_recorded_once_and_counted_once_are_fine(self):
        self.assertEqual(self.check(), [])

    def test_a_game_without_a_result_is_found(self):
        (told,) = self.check([*self.games, uuid.UUID(int=103)])
        self.assertIn("has no result", told)
        games = [*self.games, uuid.UUID(int=103)]
        self.assertEqual(self.check(games, lost=games[2:]), [], "nobody was told of it")

    def test_a_result_of_a_game_that_was_neither_founded_nor_played_is_found(self):
        (told,) = self.check(self.games[:1], played=1)
        self.assertIn("neither founded nor played", told)
        self.assertEqual(self.check(self.games[:1], played=2), [], "seen by its players only")

    def test_a_player_counted_twice_is_found(self):
        self.run_sql(lambda db: db.execute("UPDATE standings SET games = 2 WHERE points = 5"))
        (told,) = self.check()
        self.assertIn(str(ADA), told)

    def test_a_win_that_was_not_counted_is_found(self):
        self.run_sql(lambda db: db.execute("UPDATE standings SET wins = 0"))
        self.assertEqual(len(self.check()), 1)

    def test_a_history_with_half_a_game_is_found(self):
        half = "DELETE FROM history WHERE seat = 1 AND game = ?"
        self.run_sql(lambda db: db.execute(half, (self.games[0].bytes,)))
        (told,) = self.check()
        self.assertIn("1 entries of history", told)
