"""From players to pods, shards, units and dollars. Pure: figures in, figures out."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

HOUR = 3600
MONTH = 730
# So that one pod, one node or one zone may go.
FEWEST_NODES = 2


@dataclass(frozen=True)
class Need:
    """What so many players need who play one game after the other, all at the same time."""

    players: int
    clicks: float
    games: float
    pod_cores: float
    nodes: int
    shards: int
    installations: int
    write_units: float
    read_units: float
    gb_an_hour: float
    units_of_balancer: float


@dataclass(frozen=True)
class Cost:
    """US dollars an hour."""

    cluster: float
    nodes: float
    balancer: float
    valkey: float
    results: float
    traffic: float

    @property
    def all(self) -> float:
        """All of it."""
        return self.cluster + self.nodes + self.balancer + self.valkey + self.results + self.traffic


def need(players: int, figures: Mapping[str, float]) -> Need:
    """What these many need. Half of the cycle between two games costs nothing but connections."""
    cycle = figures["game_seconds"] + figures["between_seconds"]
    clicks = players * figures["clicks_per_second"] * figures["game_seconds"] / cycle
    games = players / 2 / cycle
    cores = clicks * figures["pod_us_per_click"] / 1e6
    by_cores = cores / figures["busy_share"] / figures["node_cores"]
    memory = players * figures["player_kib"] / 1024**2
    by_memory = memory / figures["busy_share"] / figures["node_gib"]
    busy = clicks * figures["valkey_us_per_click"] / 1e6
    # One thread of a node of Valkey runs the commands.
    shards = max(1, math.ceil(busy / figures["valkey_busy_share"]))
    gigabytes = clicks * figures["bytes_per_click"] * HOUR / 1e9
    return Need(
        players=players,
        clicks=clicks,
        games=games,
        pod_cores=cores,
        nodes=max(FEWEST_NODES, math.ceil(max(by_cores, by_memory))),
        shards=shards,
        installations=math.ceil(shards / figures["shards_per_installation"]),
        write_units=games * figures["write_units_per_game"],
        read_units=games * figures["read_units_per_game"],
        gb_an_hour=gigabytes,
        units_of_balancer=max(
            1.0, players / figures["sockets_per_lcu"], gigabytes / figures["gb_per_lcu"]
        ),
    )


def cost(what: Need, figures: Mapping[str, float], prices: Mapping[str, float]) -> Cost:
    """What it costs an hour on demand in us-east-1. Without players: the small nodes that `up` makes."""
    idle = what.players == 0
    node = prices["ec2:t4g.medium"] if idle else prices["ec2:m7g.large"]
    cache = prices["cache.t4g.micro"] if idle else prices["cache.m7g.large"]
    # With players each shard has two replicas.
    caches = what.shards if idle else 3 * what.shards
    million = HOUR / 1e6
    addresses = prices["ipv4"] * (what.nodes + 2)
    disks = prices["ebs:gp3-gb"] * 20 * what.nodes
    return Cost(
        cluster=prices["eks:standard"] * max(1, what.installations),
        nodes=node * what.nodes + addresses + disks,
        balancer=prices["alb:hour"] + prices["alb:lcu"] * what.units_of_balancer,
        valkey=cache * caches,
        results=million
        * (
            what.write_units * figures["million_write_units"]
            + what.read_units * figures["million_read_units"]
        ),
        traffic=what.gb_an_hour * figures["gb_out"],
    )
