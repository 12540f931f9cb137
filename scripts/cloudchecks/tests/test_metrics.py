"""Metrics and words that no server has."""

from __future__ import annotations

import unittest

from .. import promql
from ..metrics import faults, named, samples
from .planted import Planted

BOARD = "k8s/components/monitoring/boards/overcookied.json"


class Metrics(Planted):
    def shown(self) -> str:
        """What a server would show that has all that is named, with the labels that are asked for."""
        lines = []
        for _, expression in named(self.tree):
            for metric in promql.metrics(expression):
                own = {use.label for use in promql.uses(expression) if use.metric == metric}
                lines.append(metric + "{" + ",".join(f'{label}="x"' for label in own) + "} 1")
        return "\n".join(lines)

    def test_as_it_is_there_is_nothing(self):
        self.assertEqual(list(faults(self.tree, self.shown())), [])

    def test_a_metric_of_a_board_that_no_server_shows(self):
        shown = self.shown()
        self.change(BOARD, "overcookied_ws_dropped_total", "overcookied_ws_drops_total")
        self.tells(faults(self.tree, shown), "overcookied.json, Frames: no server shows overcookied_ws_drops_total")

    def test_a_metric_of_an_alert_that_no_server_shows(self):
        shown = self.shown()
        self.change("k8s/components/monitoring/alerts.yml", "max(overcookied_pods)", "max(overcookied_peers)")
        self.tells(faults(self.tree, shown), "no server shows overcookied_peers")

    def test_a_metric_that_the_autoscaler_goes_by(self):
        shown = self.shown()
        adapter = "k8s/components/autoscale-by-connections/prometheus-adapter.yaml"
        self.change(adapter, "sum(overcookied_ws_connections)", "sum(overcookied_connections)")
        self.tells(faults(self.tree, shown), "no server shows overcookied_connections")

    def test_a_word_that_is_not_the_servers(self):
        shown = self.shown()
        self.change("k8s/components/monitoring/alerts.yml", 'outcome="fenced"', 'outcome="refenced"')
        self.tells(faults(self.tree, shown), 'the source has no word "refenced"')

    def test_a_label_that_is_not_there(self):
        shown = self.shown()
        self.change("k8s/components/monitoring/alerts.yml", '{outcome="fenced"}', '{result="fenced"}')
        self.tells(faults(self.tree, shown), "has no label result")


class Expressions(unittest.TestCase):
    def test_metrics_are_told_from_functions_and_labels(self):
        text = 'sum by (le) (rate(overcookied_a_bucket{x="up[1m]"}[5m])) / on (pod) foo{b="c"} unless bar offset 5m'
        self.assertEqual(promql.metrics(text), {"overcookied_a_bucket", "foo", "bar"})

    def test_the_words_of_a_pattern_are_asked_for_one_by_one(self):
        found = promql.uses('a{outcome=~"silent|no commits"} + b{c!="d"}')
        words = [("a", "outcome", "silent"), ("a", "outcome", "no commits"), ("b", "c", "d")]
        self.assertEqual([tuple(use) for use in found], words)

    def test_samples_are_the_names_that_stand_there(self):
        text = '# TYPE a counter\na_total{x="y"} 1\nb 2\n# EOF\n'
        self.assertEqual(samples(text), {"a_total", "b"})
