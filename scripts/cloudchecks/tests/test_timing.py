"""Times that do not fit together."""

from __future__ import annotations

from ..objects import only, server_container, template
from ..timing import faults, leaving
from .planted import Planted, objects


class Timing(Planted):
    def setUp(self) -> None:
        self.objects = objects()
        self.notes = only(self.objects, "Ingress")["metadata"]["annotations"]

    def found(self, word: str) -> None:
        self.tells(faults(self.objects), word)

    def attributes(self, which: str, text: str) -> None:
        self.notes[f"alb.ingress.kubernetes.io/{which}-attributes"] = text

    def test_as_it_is_there_is_nothing(self):
        self.assertEqual(list(faults(self.objects)), [])

    def test_a_grace_that_is_shorter_than_the_drain(self):
        template(only(self.objects, "Deployment"))["spec"]["terminationGracePeriodSeconds"] = leaving(self.objects)
        self.found("is killed after")

    def test_a_rollout_that_takes_pods_away_first(self):
        only(self.objects, "Deployment")["spec"]["strategy"]["rollingUpdate"]["maxUnavailable"] = 1
        self.found("before there are others")

    def test_a_start_that_is_given_up_while_aws_is_slow(self):
        server_container(self.objects)["startupProbe"]["failureThreshold"] = 5
        self.found("to start")

    def test_a_balancer_that_hangs_up_between_two_pings(self):
        self.attributes("load-balancer", "idle_timeout.timeout_seconds=20")
        self.found("pings less often")

    def test_a_balancer_that_keeps_connections_longer_than_the_server(self):
        self.attributes("load-balancer", "idle_timeout.timeout_seconds=120")
        self.found("a closed door")

    def test_a_balancer_that_cuts_players_off_before_they_have_moved(self):
        self.attributes("target-group", "deregistration_delay.timeout_seconds=20")
        self.found("cuts connections")
