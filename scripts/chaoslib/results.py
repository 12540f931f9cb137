"""What has been recorded, wherever it is kept: every game once, and counted once.

Pure. What is recorded is read past the server, by `in_sqlite` or `in_dynamodb`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import NamedTuple

# What a game was for its two players.
PAIRS = (["loss", "win"], ["draw", "draw"], ["void", "void"])


class Sums(NamedTuple):
    """A player's ranked games together."""

    games: int = 0
    points: int = 0
    wins: int = 0
    draws: int = 0

    def __str__(self) -> str:
        return f"{self.games} games, {self.points} points, {self.wins} wins, {self.draws} draws"


@dataclass(frozen=True)
class Seat:
    """What is recorded of one player in one game."""

    player: str
    # `win`, `loss`, `draw` or `void`.
    result: str
    points: int
    against: int
    ranked: bool = True


@dataclass
class Recorded:
    """Everything that is recorded."""

    # By game.
    seats: dict[str, list[Seat]] = field(default_factory=dict)
    # Entries of histories, by game.
    entries: dict[str, int] = field(default_factory=dict)
    # What is counted, by player.
    sums: dict[str, Sums] = field(default_factory=dict)
    # Games of which it is noted that they have begun.
    begun: set[str] = field(default_factory=set)

    def late_notes(self) -> set[str]:
        """Notes of games whose result is there: written after it, as pods may that were kept waiting.

        They are no harm: who looks for forgotten games finds them recorded, and removes the note.
        """
        return self.begun & self.seats.keys()


def check(
    recorded: Recorded, seen: AbstractSet[str], played: int, lost: AbstractSet[str]
) -> list[str]:
    """What is wrong with the record, in words.

    `seen` are the games that were seen being founded, by looking every so often; `played` is how many
    the players know of. A founding record that was there for a moment only (a primary died with it)
    may have been missed, but nobody has played more games than there were. `lost` are matches that may
    have gone without a result, since nobody was told of them.
    """
    return [
        *_missing(recorded, seen, lost, played),
        *_halves(recorded),
        *_miscounted(recorded),
        *_forgotten(recorded, seen | lost),
    ]


def _missing(
    recorded: Recorded, seen: AbstractSet[str], lost: AbstractSet[str], played: int
) -> Iterable[str]:
    there = recorded.seats.keys()
    for game in sorted(seen - there - lost):
        yield f"game {game} was founded and has no result"
    unseen = sorted(there - seen)
    if len(unseen) > max(0, played - len(seen & there)):
        for game in unseen:
            yield f"game {game} has a result, but was neither founded nor played"


def _halves(recorded: Recorded) -> Iterable[str]:
    """Games that are not there exactly once for each of two players, who tell the same of it."""
    for game, seats in recorded.seats.items():
        entries = recorded.entries.get(game, 0)
        if (len(seats), entries) != (2, 2):
            yield f"game {game} is recorded with {len(seats)} seats and {entries} entries of history"
        elif not _fit(*seats):
            yield f"game {game} is recorded as {seats[0]} and {seats[1]}"


def _fit(one: Seat, other: Seat) -> bool:
    return (
        one.player != other.player
        and sorted([one.result, other.result]) in PAIRS
        and (one.points, one.against) == (other.against, other.points)
    )


def _miscounted(recorded: Recorded) -> Iterable[str]:
    """Players whose totals are not the sums of their games, and sums of all that cannot be."""
    played = summed(seat for seats in recorded.seats.values() for seat in seats)
    for player in sorted(played.keys() | recorded.sums.keys()):
        counted, sums = (found.get(player, Sums()) for found in (recorded.sums, played))
        if counted != sums:
            yield f"player {player} has {counted}, but played {sums}"
    total = added(recorded.sums)
    # Two play a game, and it is won once or drawn by both.
    if total.games != 2 * total.wins + total.draws:
        yield f"all players together have {total}: that cannot be"


def _forgotten(recorded: Recorded, known: AbstractSet[str]) -> Iterable[str]:
    for game in sorted(recorded.begun - recorded.seats.keys() - known):
        yield f"game {game} has begun, as is noted, and nobody knows it"


def summed(seats: Iterable[Seat]) -> dict[str, Sums]:
    """What ranked games come to, by player."""
    found: dict[str, Sums] = {}
    for seat in seats:
        if seat.ranked and seat.result != "void":
            before = found.get(seat.player, Sums())
            won, drawn = int(seat.result == "win"), int(seat.result == "draw")
            new = Sums(1, seat.points, won, drawn)
            found[seat.player] = Sums(*map(sum, zip(before, new)))
    return found


def added(sums: Mapping[str, Sums] | Sequence[Sums]) -> Sums:
    """The sums of all players together."""
    each = sums.values() if isinstance(sums, Mapping) else sums
    return Sums(*map(sum, zip(Sums(), *each)))
