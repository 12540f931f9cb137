"""More pods than the nodes have room for."""

from __future__ import annotations

from ..objects import only, server_container
from ..room import faults, nodes
from ..tree import Tree
from .planted import Planted, objects


class Room(Planted):
    def setUp(self) -> None:
        self.objects, self.nodes = objects("overlays/aws"), nodes(Tree())

    def test_as_it_is_there_is_nothing(self):
        self.assertEqual(list(faults(self.objects, self.nodes)), [])

    def test_an_autoscaler_that_wants_more(self):
        only(self.objects, "HorizontalPodAutoscaler")["spec"]["maxReplicas"] = 10
        self.tells(faults(self.objects, self.nodes), "may want 10 pods")

    def test_pods_that_ask_for_more(self):
        server_container(self.objects)["resources"]["requests"]["cpu"] = "1"
        self.tells(faults(self.objects, self.nodes), "have room for 2")

    def test_a_node_less(self):
        self.tells(faults(self.objects, self.nodes - 1), "1 nodes have room for")

    def test_a_number_of_nodes_that_is_not_found(self):
        self.tells(faults(self.objects, 0), "have room for 0")
