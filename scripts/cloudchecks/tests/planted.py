"""A copy of the repository with a fault in it."""

from __future__ import annotations

import copy
import pathlib
import tempfile
import unittest
from collections.abc import Callable, Iterable

from ..found import Found
from ..tree import Object, Tree, copy_to


class Planted(unittest.TestCase):
    # What is copied besides k8s/, terraform/ and the like.
    more: tuple[str, ...] = ()

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.tree = copy_to(pathlib.Path(folder.name), *self.more)

    def change(self, name: str, old: str, new: str) -> None:
        """Puts a fault into a file. What it replaces must be there, or the test would prove nothing."""
        text = self.tree.read(name)
        self.assertIn(old, text, f"{name} is another one by now")
        self.tree.path(name).write_text(text.replace(old, new, 1))

    def finds(self, check: Callable[[Tree], str], *words: str) -> None:
        with self.assertRaises(Found) as caught:
            check(self.tree)
        told = "\n".join(caught.exception.lines)
        for word in words:
            self.assertIn(word, told)

    def tells(self, faults: Iterable[str], word: str) -> None:
        told = "\n".join(faults)
        self.assertIn(word, told)


_known: dict[str, list[Object]] = {}


def objects(layer: str = "layers/https") -> list[Object]:
    """The objects of a layer as it is, to be changed."""
    if layer not in _known:
        tree = Tree()
        _known[layer] = tree.objects(tree.layers[layer])
    return copy.deepcopy(_known[layer])
