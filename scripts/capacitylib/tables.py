"""Needs and costs as tables for people."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from .model import MONTH, Cost, Need

BEGIN, END = "<!-- begin: capacity -->", "<!-- end: capacity -->"


def both(needs: Sequence[Need], costs: Sequence[Cost]) -> str:
    """What is needed, and what that costs."""
    head = ["players at the same time", *(f"{what.players:,}" for what in needs)]
    return "\n\n".join([_table(head, _needs(needs)), _table(head, _costs(costs))])


def put(page: str, text: str) -> str:
    """The page with the tables between their marks."""
    before, rest = page.split(BEGIN, 1)
    _, after = rest.split(END, 1)
    return f"{before}{BEGIN}\n{text}\n{END}{after}"


def _needs(needs: Sequence[Need]) -> list[list[str]]:
    def row(name: str, value: Callable[[Need], float], form: str = ",.0f") -> list[str]:
        return [name, *(format(value(what), form) for what in needs)]

    return [
        row("clicks a second", lambda what: what.clicks),
        row("games that end a second", lambda what: what.games, ",.1f"),
        row("cores that pods use", lambda what: what.pod_cores, ",.1f"),
        row("nodes (m7g.large; without players t4g.medium), half busy", lambda what: what.nodes),
        row("shards of Valkey (with players cache.m7g.large, each with two replicas)", lambda what: what.shards),
        row("installations, at 16 shards each", lambda what: what.installations),
        row("write units of DynamoDB a second", lambda what: what.write_units),
        row("read units of DynamoDB a second", lambda what: what.read_units),
        row("GB out an hour", lambda what: what.gb_an_hour, ",.1f"),
    ]


def _costs(costs: Sequence[Cost]) -> list[list[str]]:
    def row(name: str, value: Callable[[Cost], float]) -> list[str]:
        return [name, *(_dollars(value(cost)) for cost in costs)]

    return [
        row("EKS, USD an hour", lambda cost: cost.cluster),
        row("nodes, on demand, with addresses and disks", lambda cost: cost.nodes),
        row("load balancer", lambda cost: cost.balancer),
        row("Valkey", lambda cost: cost.valkey),
        row("results in DynamoDB", lambda cost: cost.results),
        row("data out", lambda cost: cost.traffic),
        row("**all, USD an hour**", lambda cost: cost.all),
        row("all, USD a month, if they never stop", lambda cost: cost.all * MONTH),
    ]


def _dollars(amount: float) -> str:
    return f"{amount:,.0f}" if amount >= 100 else f"{amount:,.2f}"


def _table(head: list[str], rows: list[list[str]]) -> str:
    line = lambda cells: "| " + " | ".join(cells) + " |"
    return "\n".join([line(head), line(["---"] + ["---:"] * (len(head) - 1)), *map(line, rows)])
