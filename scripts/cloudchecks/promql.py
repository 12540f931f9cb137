"""Which metrics and which words of their labels an expression names."""

from __future__ import annotations

import re
from typing import NamedTuple

# What Prometheus knows by itself.
ITS_OWN = {"up", "ALERTS"}
MATCHER = re.compile(r'(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"')


class Use(NamedTuple):
    metric: str
    label: str
    word: str


def metrics(expression: str) -> set[str]:
    """Names that are ours, or that are used as metrics are: with a selector, a range or an offset behind."""
    bare = re.sub(r'"[^"]*"', '""', expression)
    ours = set(re.findall(r"(?<![\w:])overcookied[_:][\w:]*", bare))
    selected = set(re.findall(r"(?<![\w:])([a-zA-Z_:][\w:]*)(?=\{|\[|\s+offset\b)", bare))
    return (ours | selected) - {"by", "without", "on", "ignoring"}


def uses(expression: str) -> list[Use]:
    """Every word of a label that is asked for; those of patterns one by one."""
    found = []
    for name, selector in re.findall(r'([a-zA-Z_:][\w:]*)\{((?:[^}"]|"[^"]*")*)\}', expression):
        for label, operator, value in MATCHER.findall(selector):
            words = value.split("|") if operator in ("=~", "!~") else [value]
            found += [Use(name, label, word) for word in words]
    return found
