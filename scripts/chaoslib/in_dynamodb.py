"""Reads what is recorded in DynamoDB, past the server: whole tables, by bare requests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from clusterlib.dynamodb import DynamoDB

from .results import Recorded, Seat, Sums

# Notes of games that have begun lie with the games, under players who are none.
BEGUN = "begun-"


def read(dynamodb: DynamoDB) -> Recorded:
    """Everything in the tables."""
    return recorded(map(plain, dynamodb.scan("Games")), map(plain, dynamodb.scan("Users")))


def recorded(games: Iterable[Mapping[str, Any]], users: Iterable[Mapping[str, Any]]) -> Recorded:
    """What these items mean."""
    found = Recorded()
    for item in games:
        game, player = item["GameID"], item["PlayerID"]
        if player.startswith(BEGUN):
            found.begun.add(game)
            continue
        found.seats.setdefault(game, []).append(_seat(item))
        # An item is both: the index by player lists it.
        found.entries[game] = found.entries.get(game, 0) + ("EndedAt" in item)
    for item in users:
        # Whoever has signed in and not played has no totals.
        if total := item.get("Total"):
            numbers = (total[name] for name in ("Games", "Points", "Wins", "Draws"))
            found.sums[item["UserID"]] = Sums(*numbers)
    return found


def _seat(item: Mapping[str, Any]) -> Seat:
    return Seat(
        player=item["PlayerID"],
        result=item["Result"],
        points=item["Points"],
        against=item["OpponentPoints"],
        ranked=item.get("Practice") is None,
    )


def plain(item: Mapping[str, Any]) -> dict[str, Any]:
    """An item as Python has it, from DynamoDB's way to spell values."""
    return {name: _value(value) for name, value in item.items()}


def _value(value: Mapping[str, Any]) -> Any:
    ((kind, inside),) = value.items()
    if kind == "N":
        return int(inside)
    if kind == "M":
        return plain(inside)
    if kind == "L":
        return [_value(one) for one in inside]
    return None if kind == "NULL" else inside
