"""What Terraform makes has the names that the server, the manifests and the scripts use."""

from __future__ import annotations

import ipaddress
import json
import re

from . import program
from .found import Skipped, report
from .names import PLACE
from .objects import OURS, of_kind, settings
from .tools import ROOT, pass_or_report, python_of, say, tool
from .tree import Tree

LAYERS = ("base", "eks")
# Run by checkov's Python, which has what reads HCL.
READ = """
import hcl2, json, pathlib, sys
files = sorted(pathlib.Path(sys.argv[1]).glob("*.tf"))
print(json.dumps([hcl2.loads(file.read_text()) for file in files]))
"""
KEYS = re.compile(r'name: &self\.(\w+),\s*keys: &\[([^]]*)\],\s*indexes: &\[(.*?)\],?\s*\}', re.S)


def check_terraform_names(tree: Tree) -> str:
    if not all(tree.path(f"terraform/{layer}").is_dir() for layer in LAYERS):
        raise Skipped("there is no terraform/base and terraform/eks")
    base, eks = (parsed(tree, layer) for layer in LAYERS)
    report(_tables(base))
    report(_secrets(tree, base))
    report(_network(tree, base, eks))
    report(_pods(eks))
    report(_words(tree))
    return f"{len(tables(base))} tables, {len(local(base, 'secrets'))} secrets"


def parsed(tree: Tree, layer: str) -> list[dict]:
    """Every file of a layer, as data."""
    done = say(python_of(tool("checkov")), "-c", READ, tree.path(f"terraform/{layer}"))
    return json.loads(pass_or_report(done).splitlines()[-1])


def local(layer: list[dict], name: str):
    """A local value; nothing if there is none."""
    for file in layer:
        for block in file.get("locals", []):
            if name in block:
                return _unwrapped(block[name])
    return {}


def _unwrapped(value):
    """Values come in lists of one, and references in ${...}."""
    if isinstance(value, list) and len(value) == 1:
        return _unwrapped(value[0])
    return {key: _unwrapped(one) for key, one in value.items()} if isinstance(value, dict) else value


def tables(base: list[dict]) -> dict[str, tuple[list[str], dict[str, list[str]]]]:
    """Name without prefix → keys, and indexes with theirs."""
    found = {}
    for table in local(base, "tables").values():
        name = table["name"].replace("${var.table_prefix}", "")
        found[name] = (_keys(table), {index: _keys(one) for index, one in table["indexes"].items()})
    return found


def _keys(table: dict) -> list[str]:
    return [table[key] for key in ("hash_key", "range_key") if table.get(key)]


def expected_tables() -> dict[str, tuple[list[str], dict[str, list[str]]]]:
    """The same, as the server wants it."""
    text = (ROOT / "src/results/dynamodb/tables.rs").read_text()
    names = dict(re.findall(r'(\w+): named\("(\w+)"\)', text))
    constants = dict(re.findall(r'const (\w+): &str = "(\w+)"', text))
    found = {}
    for field, keys, indexes in KEYS.findall(text):
        inside = re.findall(r"\((\w+), &\[([^]]*)\]\)", indexes)
        found[names[field]] = (_strings(keys), {constants[name]: _strings(own) for name, own in inside})
    return found


def _strings(text: str) -> list[str]:
    return re.findall(r'"(\w+)"', text)


def _tables(base: list[dict]):
    made, wanted = tables(base), expected_tables()
    for name, shape in wanted.items():
        if made.get(name) != shape:
            yield f"terraform/base: the table {name} is {made.get(name)}, and the server wants {shape}"
    for name in made.keys() - wanted.keys():
        yield f"terraform/base: the server knows no table {name}"


def _secrets(tree: Tree, base: list[dict]):
    there = {secret["name"] for secret in local(base, "secrets").values()}
    for name, folder in tree.layers.items():
        for setting, value in settings(tree.objects(folder)).items():
            secret = value.removeprefix(PLACE).split("#")[0]
            if value.startswith(PLACE) and secret not in there:
                yield f"{name}: {setting} is looked up in the secret {secret}, which Terraform does not make"


def _network(tree: Tree, base: list[dict], eks: list[dict]):
    """Addresses that stand in overlays/aws are inside the network; the port of Valkey is open."""
    network = ipaddress.ip_network(local(base, "vpc_cidr"))
    objects = tree.objects(tree.layers["overlays/aws"])
    for text in settings(objects).get("TRUSTED_PROXIES", "").split(","):
        if not ipaddress.ip_network(text).subnet_of(network):
            yield f"overlays/aws: {text} is not inside {network}"
    port = int(local(eks, "valkey_port") or 0)
    policies = of_kind(objects, "NetworkPolicy", OURS)
    out = [one for policy in policies for rule in policy["spec"]["egress"] for one in rule.get("ports", [])]
    if port not in {one["port"] for one in out}:
        yield f"overlays/aws: pods may not speak to Valkey's port {port}"


def _pods(eks: list[dict]):
    """The role of AWS is tied to the account that the pods have."""
    name = local(eks, "name")
    own = local(eks, "pods").get("server", {})
    told = tuple(str(own.get(key)).replace("${local.name}", str(name)) for key in ("namespace", "service_account"))
    if told != (OURS, OURS):
        yield f"terraform/eks: the server's role is for {told}, and its pods are {(OURS, OURS)}"


def _words(tree: Tree):
    """Settings that are named in descriptions and comments exist."""
    files = sorted(tree.path("terraform").rglob("*.tf"))
    of_operators = set(re.findall(r"^#?([A-Z_]+)=", tree.read("operator.env.example"), re.M))
    # Values, such as ON_DEMAND, are AWS's words.
    values = {word for file in files for word in re.findall(r'"([A-Z0-9_]+)"', file.read_text())}
    known = program.variables() | of_operators | values
    for file in files:
        for number, line in enumerate(file.read_text().splitlines(), 1):
            prose = re.search(r'(?:^\s*description\s*= "|#(?!checkov:))(.*)', line)
            for word in re.findall(r"\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b", prose[1] if prose else ""):
                if word not in known:
                    yield f"{file.relative_to(tree.root)}:{number}: nobody reads {word}"
