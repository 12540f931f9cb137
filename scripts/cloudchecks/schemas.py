"""The manifests of every layer against the schemas of Kubernetes, strictly: an unknown field is a fault."""

from __future__ import annotations

import re
import tempfile

from .found import Found, report
from .tools import say, tool
from .tree import Tree

# Kinds of others, whose schemas Kubernetes does not have. What is needed of them is checked by hand.
FOREIGN = {
    "Application": ("project", "source.repoURL", "source.path", "destination.server", "destination.namespace"),
    "AppProject": ("sourceRepos", "destinations"),
}
IN_TERRAFORM = re.compile(r'variable "kubernetes_version" \{.*?default\s*=\s*"([\d.]+)"', re.S)
# Where Terraform does not say. The oldest that has all that is used here as a matter of course.
OTHERWISE = "1.34"


def version(tree: Tree) -> str:
    """The Kubernetes that Terraform makes."""
    files = tree.path("terraform/eks").glob("*.tf")
    found = [IN_TERRAFORM.search(file.read_text()) for file in files]
    return next((match[1] for match in found if match), OTHERWISE)


def check_schemas(tree: Tree) -> str:
    kubernetes, count = version(tree), 0
    for name, folder in tree.layers.items():
        objects = tree.objects(folder)
        report([] if objects else [f"{name} is empty"])
        report(f"{name}: {line}" for line in _foreign(objects))
        count += len(objects)
    # Starting the validator is most of its time: all at once, and one by one only to tell where it is.
    if _faults("\n---\n".join(map(tree.rendered, tree.layers.values())), kubernetes):
        each = {name: _faults(tree.rendered(folder), kubernetes) for name, folder in tree.layers.items()}
        raise Found(f"{name}: {line}" for name, lines in each.items() for line in lines)
    return f"{count} objects in {len(tree.layers)} layers, Kubernetes {kubernetes}"


def _faults(text: str, kubernetes: str) -> list[str]:
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        file.write(text)
        file.flush()
        done = say(tool("kubernetes-validate"), "--strict", "-k", kubernetes, file.name)
    lines = [line for line in done.stdout.splitlines() if not line.startswith("INFO")]
    unknown = re.compile(r"WARN.*find schema for kind (\w+) ")
    faults = [line for line in lines if not ((kind := unknown.match(line)) and kind[1] in FOREIGN)]
    if done.returncode != 0 and not faults:
        faults = ["the validator failed, and does not say why"]
    return faults


def _foreign(objects):
    for one in objects:
        for path in FOREIGN.get(one["kind"], ()):
            place = one["spec"]
            for word in path.split("."):
                place = place.get(word) if isinstance(place, dict) else None
            if not place:
                yield f"{one['kind']} {one['metadata']['name']} has no spec.{path}"
