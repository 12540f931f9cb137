"""Names that the server does not know, and references that lead nowhere."""

from __future__ import annotations

from ..names import check_names, faults
from ..objects import only, server_container, settings, template
from ..tree import Tree
from .planted import Planted, objects

DOCKERFILE = Tree().read("Dockerfile")


class InAWholeTree(Planted):
    OVERLAY = "k8s/overlays/aws/kustomization.yaml"

    def test_a_setting_that_the_server_does_not_have(self):
        self.change(self.OVERLAY, "DRAIN_DELAY=5", "DRAIN_DELAY=5\n      - DRAIN_DELAYS=5")
        self.finds(check_names, "the server has no setting DRAIN_DELAYS")

    def test_a_layer_for_aws_without_trusted_proxies(self):
        self.change(self.OVERLAY, "- TRUSTED_PROXIES=10.20.250.0/24,10.20.251.0/24", "")
        self.finds(check_names, "a layer for AWS needs TRUSTED_PROXIES")

    def test_a_layer_for_aws_without_drain_delay(self):
        self.change(self.OVERLAY, "- DRAIN_DELAY=5", "")
        self.finds(check_names, "a layer for AWS needs DRAIN_DELAY")

    def test_a_drain_delay_of_nothing(self):
        self.change(self.OVERLAY, "- DRAIN_DELAY=5", "- DRAIN_DELAY=0")
        self.finds(check_names, "no time to notice")

    def test_a_setting_of_the_image(self):
        self.change("Dockerfile", "WEB_DIR=/srv/pages", "WEB_DIR=/srv/pages WEBDIR=/srv/pages")
        self.finds(check_names, "Dockerfile: the server has no setting WEBDIR")

    def test_prometheus_asks_elsewhere(self):
        self.change("k8s/components/monitoring/prometheus.yml", "port: 9464", "port: 9465")
        self.finds(check_names, "Prometheus asks overcookied-metrics:9465")


class OfOneLayer(Planted):
    """Each of these changes one thing in the objects of a layer."""

    def setUp(self) -> None:
        self.objects = objects()
        self.container = server_container(self.objects)
        self.deployment = only(self.objects, "Deployment")

    def found(self, word: str) -> None:
        self.tells(faults(self.objects, DOCKERFILE), word)

    def test_as_it_is_there_is_nothing(self):
        self.assertEqual(list(faults(self.objects, DOCKERFILE)), [])
        self.assertGreater(len(settings(self.objects)), 10)

    def test_a_container_of_another_name(self):
        self.container["name"] = "app"
        self.found("nobody knows a container app")

    def test_a_secret_that_stands_there(self):
        self.container["env"] = [{"name": "SESSION_KEYS", "value": "-----BEGIN PRIVATE KEY-----"}]
        self.found("SESSION_KEYS is a secret")

    def test_a_place_that_nobody_looks_up(self):
        self.container["env"] = [{"name": "PUBLIC_URL", "value": "aws-secretsmanager:overcookied/url"}]
        self.found("PUBLIC_URL is not looked up")

    def test_a_port_that_is_not_the_servers(self):
        self.container["ports"][0]["containerPort"] = 80
        self.found("the port http is 80, and PORT is 8080")

    def test_a_service_that_leads_nowhere(self):
        only(self.objects, "Service")["spec"]["ports"][0]["targetPort"] = "web"
        self.found("leads to a port web")

    def test_a_policy_for_a_port_where_nobody_is(self):
        only(self.objects, "NetworkPolicy")["spec"]["ingress"][0]["ports"][0]["port"] = 80
        self.found("opens port 80")

    def test_a_probe_for_what_is_not_there(self):
        self.container["readinessProbe"]["httpGet"]["path"] = "/readyz"
        self.found("the readinessProbe asks for /readyz")

    def test_a_liveness_probe_that_would_kill_a_pod_that_drains(self):
        self.container["livenessProbe"]["httpGet"]["path"] = "/health/ready"
        self.found("the livenessProbe asks for /health/ready")

    def test_a_balancer_that_asks_for_something_else(self):
        notes = only(self.objects, "Ingress")["metadata"]["annotations"]
        notes["alb.ingress.kubernetes.io/healthcheck-path"] = "/"
        self.found("the balancer asks for /")

    def test_a_balancer_that_changes_host(self):
        notes = only(self.objects, "Ingress")["metadata"]["annotations"]
        notes["alb.ingress.kubernetes.io/load-balancer-attributes"] = "idle_timeout.timeout_seconds=60"
        self.found("the balancer changes Host")

    def test_data_where_nothing_can_be_written(self):
        self.container["volumeMounts"] = []
        self.found("DATA_DIR is /var/lib/overcookied, where nothing can be written")

    def test_pages_that_are_elsewhere_in_the_image(self):
        moved = DOCKERFILE.replace("out /srv/pages\n", "out /srv/www\n")
        self.assertNotEqual(moved, DOCKERFILE)
        self.tells(faults(self.objects, moved), "where the image has no pages")

    def test_another_user(self):
        template(self.deployment)["spec"]["securityContext"]["runAsUser"] = 1000
        self.found("the pod's user is not the image's")

    def test_a_config_map_that_is_not_there(self):
        self.container["envFrom"][0]["configMapRef"]["name"] = "settings"
        self.found("wants ConfigMap settings")

    def test_a_secret_that_nobody_makes(self):
        volumes = template(self.deployment)["spec"]["volumes"]
        volumes.append({"name": "tls", "secret": {"secretName": "tls"}})
        self.found("wants Secret tls")

    def test_an_autoscaler_of_nothing(self):
        only(self.objects, "HorizontalPodAutoscaler")["spec"]["scaleTargetRef"]["name"] = "server"
        self.found("the autoscaler scales server")

    def test_two_who_say_how_many_there_are(self):
        self.deployment["spec"]["replicas"] = 3
        self.found("so does the autoscaler")

    def test_a_budget_for_no_pod(self):
        only(self.objects, "PodDisruptionBudget")["spec"]["selector"]["matchLabels"] = {"app": "overcookied"}
        self.found("the PodDisruptionBudget overcookied is about no pod")

    def test_an_ingress_to_a_service_that_is_not_there(self):
        path = only(self.objects, "Ingress")["spec"]["rules"][0]["http"]["paths"][0]
        path["backend"]["service"]["name"] = "web"
        self.found("the Ingress leads to web")


class OnOnesOwnMachine(Planted):
    def setUp(self) -> None:
        self.objects = objects("layers/local")

    def test_as_it_is_there_is_nothing(self):
        self.assertEqual(list(faults(self.objects, DOCKERFILE)), [])

    def test_results_where_nothing_can_be_written(self):
        mounts = server_container(self.objects)["volumeMounts"]
        mounts[:] = [one for one in mounts if one["name"] != "results"]
        self.tells(faults(self.objects, DOCKERFILE), "RESULTS_DB is")

    def test_keys_that_come_from_nowhere(self):
        mounts = server_container(self.objects)["volumeMounts"]
        mounts[:] = [one for one in mounts if one["name"] != "session-keys"]
        self.tells(faults(self.objects, DOCKERFILE), "SESSION_KEYS_FILE is")
