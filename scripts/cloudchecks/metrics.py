"""Every metric that boards, alerts and the autoscaler name is shown by a running server, and every word of a label is
one that its source has.
"""

from __future__ import annotations

import json
import re

import yaml

from . import alerts, promql
from .found import report
from .objects import settings
from .stage import show
from .tools import ROOT
from .tree import Tree

BOARDS = f"{alerts.FOLDER}/boards"
ADAPTER = "k8s/components/autoscale-by-connections/prometheus-adapter.yaml"
# What a server must be asked for to be found well, and where.
ASKED = {"/health/live", "/health/ready", "/api/config"}


def check_metrics(tree: Tree) -> str:
    shown = show(settings(tree.objects(tree.layers["layers/https"])), ASKED)
    report(f"the server answers {path} with {code}" for path, code in shown.answers.items() if code != 200)
    report(faults(tree, shown.metrics))
    return f"{len(named(tree))} expressions, {len(samples(shown.metrics))} metrics"


def faults(tree: Tree, metrics: str):
    there = samples(metrics)
    recorded = {rule["record"] for rule in alerts.rules(tree) if "record" in rule}
    words = set(re.findall(r'"([^"\n]+)"', source()))
    for place, expression in named(tree):
        for metric in sorted(promql.metrics(expression) - there - recorded - promql.ITS_OWN):
            yield f"{place}: no server shows {metric}"
        for use in promql.uses(expression):
            known = labels(metrics).get(use.metric, set())
            if use.metric in promql.ITS_OWN or use.metric not in there:
                continue
            if use.label not in known | {"instance", "job"}:
                yield f"{place}: {use.metric} has no label {use.label}"
            elif use.word not in words:
                yield f"{place}: the source has no word \"{use.word}\" for {use.metric}"


def named(tree: Tree) -> list[tuple[str, str]]:
    """Every expression, and where it stands."""
    found = [(f"alerts.yml, {rule.get('alert', rule.get('record'))}", rule["expr"]) for rule in alerts.rules(tree)]
    for file in sorted(tree.path(BOARDS).glob("*.json")):
        board = json.loads(file.read_text())
        panels = [one for panel in board["panels"] for one in (panel, *panel.get("panels", []))]
        for panel in panels:
            for target in panel.get("targets", []):
                found.append((f"{file.name}, {panel['title']}", target["expr"]))
    for rule in yaml.safe_load(tree.read(ADAPTER))["rules"]["external"]:
        found += [(ADAPTER, rule["metricsQuery"]), (ADAPTER, rule["seriesQuery"])]
    return found


def samples(metrics: str) -> set[str]:
    """The names of all samples."""
    return set(re.findall(r"^([a-zA-Z_:][\w:]*)(?=[{ ])", metrics, re.M))


def labels(metrics: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for name, inside in re.findall(r"^([a-zA-Z_:][\w:]*)\{([^}]*)\}", metrics, re.M):
        found.setdefault(name, set()).update(re.findall(r'(\w+)="', inside))
    return found


def source() -> str:
    return "\n".join(path.read_text() for path in sorted((ROOT / "src").rglob("*.rs")))
