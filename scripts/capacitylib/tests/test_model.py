"""The model: by hand, at its edges, and in step with what it says it is from."""

import pathlib
import re
import unittest

from capacitylib import model, tables

SCRIPTS = pathlib.Path(__file__).resolve().parents[2]
FIGURES = {
    "clicks_per_second": 6,
    "game_seconds": 60,
    "between_seconds": 0,
    "pod_us_per_click": 500,
    "valkey_us_per_click": 100,
    "bytes_per_click": 500,
    "player_kib": 32,
    "busy_share": 0.5,
    "valkey_busy_share": 0.6,
    "shards_per_installation": 16,
    "read_units_per_game": 6,
    "write_units_per_game": 15,
    "sockets_per_lcu": 3000,
    "gb_per_lcu": 1,
    "node_cores": 2,
    "node_gib": 8,
    "million_write_units": 1,
    "million_read_units": 1,
    "gb_out": 0.1,
}
PRICES = {
    "eks:standard": 0.1,
    "ec2:t4g.medium": 0.03,
    "ec2:m7g.large": 0.08,
    "cache.t4g.micro": 0.01,
    "cache.m7g.large": 0.12,
    "ipv4": 0.005,
    "ebs:gp3-gb": 0.0001,
    "alb:hour": 0.02,
    "alb:lcu": 0.01,
}


class Model(unittest.TestCase):
    def test_a_thousand_players_by_hand(self):
        what = model.need(1000, FIGURES)
        self.assertEqual(what.clicks, 6000)
        self.assertAlmostEqual(what.games, 500 / 60)
        self.assertAlmostEqual(what.pod_cores, 3.0)
        self.assertEqual(what.nodes, 3, "three cores, half busy, two in a node")
        self.assertEqual(what.shards, 1)
        self.assertAlmostEqual(what.write_units, 125)
        self.assertAlmostEqual(what.gb_an_hour, 10.8)
        costs = model.cost(what, FIGURES, PRICES)
        self.assertAlmostEqual(costs.results, 0.0036 * (125 + 50))
        self.assertAlmostEqual(costs.traffic, 1.08)
        self.assertAlmostEqual(costs.nodes, 3 * 0.08 + 5 * 0.005 + 60 * 0.0001)
        self.assertAlmostEqual(costs.valkey, 0.36, msg="with two replicas")

    def test_nobody_needs_what_is_always_there(self):
        what = model.need(0, FIGURES)
        self.assertEqual((what.nodes, what.shards, what.installations), (2, 1, 1))
        costs = model.cost(what, FIGURES, PRICES)
        self.assertEqual((costs.results, costs.traffic), (0, 0))
        self.assertAlmostEqual(costs.valkey, 0.01)

    def test_twice_as_many_need_twice_as_much(self):
        one, two = model.need(100_000, FIGURES), model.need(200_000, FIGURES)
        self.assertAlmostEqual(two.pod_cores, 2 * one.pod_cores)
        self.assertAlmostEqual(two.write_units, 2 * one.write_units)
        self.assertLessEqual(abs(two.nodes - 2 * one.nodes), 1)

    def test_more_shards_than_an_installation_can_use_make_another_one(self):
        what = model.need(10_000_000, FIGURES)
        self.assertEqual(what.shards, 10_000)
        self.assertEqual(what.installations, 625)

    def test_memory_counts_where_it_is_scarcer_than_processors(self):
        what = model.need(1_000_000, {**FIGURES, "pod_us_per_click": 0})
        self.assertEqual(what.nodes, 8, "30.5 GiB, half full")


class Page(unittest.TestCase):
    def test_the_tables_take_the_place_of_the_older_ones(self):
        page = f"before\n{tables.BEGIN}\nold\n{tables.END}\nafter"
        self.assertEqual(
            tables.put(page, "new"), f"before\n{tables.BEGIN}\nnew\n{tables.END}\nafter"
        )

    def test_an_installation_has_as_many_shards_as_the_program_has_partitions(self):
        keys = (SCRIPTS.parent / "src" / "cluster" / "valkey" / "keys.rs").read_text()
        self.assertIn(f"const PARTITIONS: u8 = {self.figures()['shards_per_installation']};", keys)

    def figures(self):
        lines = (SCRIPTS / "capacitylib" / "figures.tsv").read_text().splitlines()
        return dict(line.split("\t")[:2] for line in lines if not line.startswith("#"))

    def test_what_was_measured_is_what_the_benchmarks_say(self):
        figures = self.figures()
        page = (SCRIPTS.parent / "docs" / "BENCHMARKS.md").read_text()
        for name, row in (
            ("pod_us_per_click", "processor time of the pods, us"),
            ("valkey_us_per_click", "processor time of Valkey, us"),
            ("commands_per_click", "commands sent to Valkey"),
        ):
            found = re.search(rf"^\| {row} \|.*$", page, re.MULTILINE)
            self.assertIsNotNone(found, row)
            self.assertIn(f" {figures[name]} ", found[0], name)
