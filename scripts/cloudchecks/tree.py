"""A tree of files to be checked: this repository, or a copy in which a test has put a fault."""

from __future__ import annotations

import functools
import pathlib
import shutil

import yaml

from .found import Found
from .tools import ROOT, pass_or_report, say, tool

Object = dict
# The quick one, where it is there.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
LAYERS = "scripts/cloudchecks/fixtures/layers"
# What of the repository is looked at.
PARTS = ("Dockerfile", ".dockerignore", ".github", ".ci", "k8s", "terraform", "operator.env.example", LAYERS)
SOURCES = ("src", "Cargo.toml", "Cargo.lock")


class Tree:
    """Files under a root, and the manifests that come of them."""

    def __init__(self, root: pathlib.Path = ROOT):
        self.root = root
        self.rendered = functools.cache(self._rendered)
        self.objects = functools.cache(self._objects)

    def path(self, name: str) -> pathlib.Path:
        return self.root / name

    def read(self, name: str) -> str:
        return self.path(name).read_text()

    @property
    def layers(self) -> dict[str, str]:
        """The kustomizations that are applied somewhere, by name: the overlays, and what is put over them."""
        folders = [*self.path("k8s/overlays").glob("*"), *self.path(LAYERS).glob("*")]
        named = {f"{path.parent.name}/{path.name}": str(path.relative_to(self.root)) for path in folders}
        return dict(sorted(named.items()))

    def _rendered(self, folder: str) -> str:
        done = say(tool("kubectl"), "kustomize", self.path(folder))
        try:
            return pass_or_report(done)
        except Found as found:
            raise Found(f"{folder}: {line}" for line in found.lines) from None

    def _objects(self, folder: str) -> list[Object]:
        return [one for one in yaml.load_all(self.rendered(folder), LOADER) if one]


def copy_to(folder: pathlib.Path, *more: str) -> Tree:
    """A copy of what is looked at, to put faults into."""
    for name in (*PARTS, *more):
        source, target = ROOT / name, folder / name
        if source.is_dir():
            ignored = shutil.ignore_patterns(".terraform", "node_modules", ".next", "out", "__pycache__")
            shutil.copytree(source, target, ignore=ignored)
        elif source.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)
    return Tree(folder)
