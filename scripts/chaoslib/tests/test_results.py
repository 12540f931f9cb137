"""What is recorded: read from SQLite, with the server's own schema, and from DynamoDB's items."""

import contextlib
import pathlib
import re
import sqlite3
import tempfile
import unittest
import uuid

from chaoslib import in_dynamodb, in_sqlite, results
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
                values = (game.bytes, seat, player.bytes, "x", 5 - seat, 5)
                into = "seats (game, seat, player, name, points, clicks)"
                db.execute(f"INSERT INTO {into} VALUES (?, ?, ?, ?, ?, ?)", values)
                values = (player.bytes, 1, game.bytes, seat)
                db.execute("INSERT INTO history VALUES (?, ?, ?, ?)", values)
        for player, points, wins in ((ADA, 5, 1), (BOB, 4, 0)):
            values = (0, player.bytes, points, 1, wins, 0, 1)
            db.execute("INSERT INTO standings VALUES (?, ?, ?, ?, ?, ?, ?)", values)

    def check(self, games=None, played=0, lost=()):
        names = {str(game) for game in (self.games if games is None else games)}
        recorded = in_sqlite.read(self.path)
        return results.check(recorded, names, played, {str(game) for game in lost})

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
        told, of_all = self.check()
        self.assertIn(str(ADA), told)
        self.assertIn("cannot be", of_all)

    def test_a_win_that_was_not_counted_is_found(self):
        self.run_sql(lambda db: db.execute("UPDATE standings SET wins = 0"))
        self.assertIn(str(ADA), self.check()[0])

    def test_a_history_with_half_a_game_is_found(self):
        half = "DELETE FROM history WHERE seat = 1 AND game = ?"
        self.run_sql(lambda db: db.execute(half, (self.games[0].bytes,)))
        (told,) = self.check()
        self.assertIn("1 entries of history", told)

    def test_a_game_won_by_both_is_found(self):
        both = "UPDATE seats SET player = ? WHERE seat = 1"
        self.run_sql(lambda db: db.execute(both, (ADA.bytes,)))
        self.assertIn("is recorded as", self.check()[0])


class Items(unittest.TestCase):
    """As `overcookied` writes them: see src/results/dynamodb/items.rs."""

    GAME, OTHER = str(uuid.UUID(int=101)), str(uuid.UUID(int=102))

    def setUp(self):
        self.games = [
            self.item(self.GAME, ADA, "win", 5, 4),
            self.item(self.GAME, BOB, "loss", 4, 5),
            self.item(self.OTHER, ADA, "draw", 1, 1),
            self.item(self.OTHER, BOB, "draw", 1, 1),
        ]
        self.users = [self.user(ADA, 2, 6, 1, 1), self.user(BOB, 2, 5, 0, 1)]

    def item(self, game, player, result, points, against):
        return {
            "GameID": {"S": game},
            "PlayerID": {"S": str(player)},
            "EndedAt": {"N": "1795003200000"},
            "Result": {"S": result},
            "Points": {"N": str(points)},
            "OpponentPoints": {"N": str(against)},
            "Opponent": {"M": {"picture": {"NULL": True}}},
        }

    def user(self, player, games, points, wins, draws):
        numbers = {"Games": games, "Points": points, "Wins": wins, "Draws": draws, "ReachedAt": 1}
        total = {name: {"N": str(number)} for name, number in numbers.items()}
        return {"UserID": {"S": str(player)}, "Version": {"N": "1"}, "Total": {"M": total}}

    def recorded(self):
        games, users = map(in_dynamodb.plain, self.games), map(in_dynamodb.plain, self.users)
        return in_dynamodb.recorded(games, users)

    def check(self, *more):
        return results.check(self.recorded(), {self.GAME, self.OTHER, *more}, 0, set())

    def test_games_recorded_once_and_counted_once_are_fine(self):
        self.users.append({"UserID": {"S": "somebody who has not played"}})
        self.assertEqual(self.check(), [])

    def test_a_game_without_a_result_is_found_and_one_that_is_there_for_one_player(self):
        (told,) = self.check("another")
        self.assertIn("another was founded and has no result", told)
        del self.games[3]
        self.assertTrue(any("1 seats" in told for told in self.check()))

    def test_totals_that_were_written_twice_or_never_are_found(self):
        self.users[0] = self.user(ADA, 3, 11, 2, 1)
        self.assertTrue(any(str(ADA) in told for told in self.check()))
        del self.users[0]
        self.assertTrue(any(str(ADA) in told for told in self.check()))

    def test_more_wins_than_games_are_found(self):
        self.users[1] = self.user(BOB, 2, 5, 1, 0)
        self.assertTrue(any("cannot be" in told for told in self.check()))

    def test_practice_counts_for_nobody(self):
        for item in self.games[2:]:
            item["Practice"] = {"S": "easy"}
        self.users = [self.user(ADA, 1, 5, 1, 0), self.user(BOB, 1, 4, 0, 0)]
        self.assertEqual(self.check(), [])

    def test_a_note_may_outlive_its_game_but_must_be_of_one(self):
        def note(game):
            return {"GameID": {"S": game}, "PlayerID": {"S": "begun-5"}, "Record": {"S": "{}"}}

        self.games.append(note(self.GAME))
        self.assertEqual(self.check(), [])
        self.assertEqual(self.recorded().late_notes(), {self.GAME})
        self.games.append(note("unknown"))
        (told,) = self.check()
        self.assertIn("nobody knows it", told)
