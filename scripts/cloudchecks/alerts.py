"""Alerts: that Prometheus takes them, that they fire when they should, and that each is tried."""

from __future__ import annotations

import yaml

from .found import report
from .tools import pass_or_report, say, tool
from .tree import Tree

FOLDER = "k8s/components/monitoring"


def check_alerts(tree: Tree) -> str:
    promtool, folder = tool("promtool"), tree.path(FOLDER)
    pass_or_report(say(promtool, "check", "rules", "alerts.yml", cwd=folder))
    pass_or_report(say(promtool, "check", "config", "prometheus.yml", cwd=folder))
    pass_or_report(say(promtool, "test", "rules", "alerts.test.yml", cwd=folder))
    alerts = [rule for rule in rules(tree) if "alert" in rule]
    report(_faults(alerts, tree.read(f"{FOLDER}/alerts.test.yml")))
    return f"{len(alerts)} alerts"


def rules(tree: Tree) -> list[dict]:
    groups = yaml.safe_load(tree.read(f"{FOLDER}/alerts.yml"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def _faults(alerts, tests: str):
    for alert in alerts:
        name = alert["alert"]
        if name not in tests:
            yield f"{name} is tried by no test"
        if alert.get("labels", {}).get("severity") not in ("page", "warning"):
            yield f"{name} does not say how urgent it is (severity: page or warning)"
        if not {"summary", "look"} <= set(alert.get("annotations", {})):
            yield f"{name} does not say what it means (summary) and where to look (look)"
