"""Every name in the manifests is one that the server knows, and every reference among them leads somewhere."""

from __future__ import annotations

import pathlib
import re

from . import program
from .docker import last_stage
from .found import report
from .objects import (
    OURS, annotations, attributes, containers, matches, of_kind, only, pods, server_container, settings, template,
)
from .tree import Object, Tree

# What a layer over AWS cannot do without: the balancer is believed and has time to notice, and all pods share
# their games, results and sessions.
IN_AWS = ("TRUSTED_PROXIES", "DRAIN_DELAY", "VALKEY_URL", "SESSION_KEYS", "RESULTS")
# What the server defaults to is this machine alone.
EVERYWHERE = ("HOST", "PORT", "METRICS_PORT", "WEB_DIR", "DATA_DIR")
# Made by scripts, since they are secret.
MADE_ELSEWHERE = {("Secret", "overcookied-session-keys"): "scripts/local-cluster"}
CONTAINERS = {"server", "prometheus", "grafana", "valkey"}
PLACE = "aws-secretsmanager:"


def check_names(tree: Tree) -> str:
    dockerfile, count = tree.read("Dockerfile"), 0
    for name, folder in tree.layers.items():
        objects = tree.objects(folder)
        report(f"{name}: {fault}" for fault in faults(objects, dockerfile))
        count += len(settings(objects))
    report(_of_image(dockerfile))
    report(_scraped(tree))
    return f"{count} settings in {len(tree.layers)} layers"


def faults(objects: list[Object], dockerfile: str):
    yield from _settings(objects)
    yield from _of_aws(objects)
    yield from _ports(objects)
    yield from _probes(objects)
    yield from _files(objects, dockerfile)
    yield from _references(objects)


def _settings(objects: list[Object]):
    given = settings(objects)
    for name, value in given.items():
        if name not in program.variables() | program.OF_AWS:
            yield f"the server has no setting {name}"
        if value.startswith(PLACE) and name not in program.secrets():
            yield f"{name} is not looked up in Secrets Manager"
        if name in program.secrets() and not value.startswith((PLACE, "redis://valkey:")):
            yield f"{name} is a secret, and stands there to be read"
    for name in EVERYWHERE:
        if not given.get(name):
            yield f"the server is not told {name}"
    for container in (one for pod in of_kind(objects, "Deployment") for one in containers(pod)):
        if container["name"] not in CONTAINERS:
            yield f"nobody knows a container {container['name']}"


def is_for_aws(objects: list[Object]) -> bool:
    return bool(of_kind(objects, "Ingress"))


def _of_aws(objects: list[Object]):
    if not is_for_aws(objects):
        return
    given = settings(objects)
    for name in IN_AWS:
        if not given.get(name):
            yield f"a layer for AWS needs {name}"
    if not re.fullmatch(r"[1-9]\d*", given.get("DRAIN_DELAY", "")):
        yield "DRAIN_DELAY gives the balancer no time to notice"
    if given.get("HOST") != "0.0.0.0":
        yield "HOST is no address that others reach"


def _ports(objects: list[Object]):
    given, container = settings(objects), server_container(objects)
    ports = {one["name"]: str(one["containerPort"]) for one in container.get("ports", [])}
    for name, setting in (("http", "PORT"), ("metrics", "METRICS_PORT")):
        if ports.get(name) != given.get(setting):
            yield f"the port {name} is {ports.get(name)}, and {setting} is {given.get(setting)}"
    told = annotations(template(only(objects, "Deployment")))
    if told.get("prometheus.io/port") != ports.get("metrics"):
        yield "the annotation prometheus.io/port is not the port metrics"
    if told.get("prometheus.io/path") not in program.addresses():
        yield f"the server has no {told.get('prometheus.io/path')} (annotation prometheus.io/path)"
    for service in of_kind(objects, "Service"):
        yield from _ports_of_service(objects, service)
    for policy in of_kind(objects, "NetworkPolicy"):
        if matches(policy["spec"]["podSelector"], {"app.kubernetes.io/name": OURS}):
            for rule in policy["spec"].get("ingress", []):
                open_ports = {str(port["port"]) for port in rule.get("ports", [])}
                for port in open_ports - set(ports.values()):
                    yield f"the policy {policy['metadata']['name']} opens port {port}, on which the server is not"


def _ports_of_service(objects: list[Object], service: Object):
    selector = {"matchLabels": service["spec"]["selector"]}
    behind = [
        one for pod in of_kind(objects, "Deployment") for one in containers(pod)
        if matches(selector, template(pod)["metadata"]["labels"])
    ]
    known = {port["name"] for one in behind for port in one.get("ports", [])}
    numbers = {port["containerPort"] for one in behind for port in one.get("ports", [])}
    for port in service["spec"]["ports"]:
        target = port.get("targetPort", port["port"])
        if target not in known | numbers:
            yield f"the Service {service['metadata']['name']} leads to a port {target} that is not there"
        if port["port"] not in numbers:
            yield f"the Service {service['metadata']['name']} has another port than its pods: policies stop it in a VPC"


def _probes(objects: list[Object]):
    container = server_container(objects)
    names = {one["name"] for one in container.get("ports", [])}
    for kind, wanted in (("startupProbe", "live"), ("livenessProbe", "live"), ("readinessProbe", "ready")):
        asked = container.get(kind, {}).get("httpGet", {})
        if asked.get("path") != f"/health/{wanted}" or asked.get("path") not in program.addresses():
            yield f"the {kind} asks for {asked.get('path')}, not for /health/{wanted}"
        if asked.get("port") not in names:
            yield f"the {kind} asks at a port {asked.get('port')} that is not there"
    for ingress in of_kind(objects, "Ingress"):
        path = annotations(ingress).get("alb.ingress.kubernetes.io/healthcheck-path")
        if path not in program.addresses() or path != "/health/ready":
            yield f"the balancer asks for {path}, not for /health/ready"
        if attributes(ingress, "load-balancer-attributes").get("routing.http.preserve_host_header.enabled") != "true":
            yield "the balancer changes Host, which the server compares with PUBLIC_URL"


def _files(objects: list[Object], dockerfile: str):
    given, container = settings(objects), server_container(objects)
    mounts = {one["mountPath"]: one for one in container.get("volumeMounts", [])}
    volumes = {one["name"]: one for one in template(only(objects, "Deployment"))["spec"].get("volumes", [])}
    for mount in mounts.values():
        if mount["name"] not in volumes:
            yield f"there is no volume {mount['name']}"
    for name in ("DATA_DIR", "RESULTS_DB"):
        where = given.get(name)
        over = [path for path, mount in mounts.items() if where and pathlib.PurePath(where).is_relative_to(path)]
        if where and not any(not mounts[path].get("readOnly") for path in over):
            yield f"{name} is {where}, where nothing can be written"
    for name in (name for name in given if name.endswith("_FILE")):
        if not any(pathlib.PurePath(given[name]).is_relative_to(path) for path in mounts):
            yield f"{name} is {given[name]}, where no file comes from"
    if f" {given.get('WEB_DIR')}\n" not in last_stage(dockerfile):
        yield f"WEB_DIR is {given.get('WEB_DIR')}, where the image has no pages"
    user = re.search(r"^USER (\d+):(\d+)$", dockerfile, re.M)
    context = template(only(objects, "Deployment"))["spec"].get("securityContext", {})
    if not user or (context.get("runAsUser"), context.get("runAsGroup")) != tuple(map(int, user.groups())):
        yield "the pod's user is not the image's"


def _references(objects: list[Object]):
    there = {(one["kind"], one["metadata"]["name"]) for one in objects} | set(MADE_ELSEWHERE)
    for pod in of_kind(objects, "Deployment"):
        for wanted in _wanted(template(pod)["spec"]):
            if wanted not in there:
                yield f"the Deployment {pod['metadata']['name']} wants {' '.join(wanted)}, which is not there"
    for scaler in of_kind(objects, "HorizontalPodAutoscaler"):
        target = scaler["spec"]["scaleTargetRef"]
        if (target["kind"], target["name"]) not in there:
            yield f"the autoscaler scales {target['name']}, which is not there"
        if "replicas" in only(objects, "Deployment", target["name"])["spec"]:
            yield f"{target['name']} says how many replicas it has, and so does the autoscaler"
    for kind, path in (("PodDisruptionBudget", "selector"), ("NetworkPolicy", "podSelector")):
        for one in of_kind(objects, kind):
            if not any(matches(one["spec"][path], labels) for labels in pods(objects)):
                yield f"the {kind} {one['metadata']['name']} is about no pod"
    for ingress in of_kind(objects, "Ingress"):
        for rule in ingress["spec"]["rules"]:
            for path in rule["http"]["paths"]:
                service = only(objects, "Service", path["backend"]["service"]["name"])
                ports = {one["name"] for one in service["spec"].get("ports", [])}
                if path["backend"]["service"]["port"].get("name") not in ports:
                    yield f"the Ingress leads to {service['metadata']['name']}, where it finds no such port"


def _wanted(spec: dict):
    """The objects that a pod needs before it starts."""
    if "serviceAccountName" in spec:
        yield "ServiceAccount", spec["serviceAccountName"]
    for volume in spec.get("volumes", []):
        if "configMap" in volume:
            yield "ConfigMap", volume["configMap"]["name"]
        if "secret" in volume:
            yield "Secret", volume["secret"]["secretName"]
        if "persistentVolumeClaim" in volume:
            yield "PersistentVolumeClaim", volume["persistentVolumeClaim"]["claimName"]
    for container in spec["containers"]:
        for source in container.get("envFrom", []):
            yield "ConfigMap", source["configMapRef"]["name"]


def _of_image(dockerfile: str):
    """The image's own settings, and the ports that it says it has."""
    last = last_stage(dockerfile)
    environment = re.search(r"^ENV ((?:.*\\\n)*.*)$", last, re.M)
    for name in re.findall(r"([A-Z_]+)=", environment[1] if environment else ""):
        if name not in program.variables():
            yield f"Dockerfile: the server has no setting {name}"
    if re.search(r"^EXPOSE 8080 9464$", last, re.M) is None:
        yield "Dockerfile: EXPOSE names other ports than PORT and METRICS_PORT"


def _scraped(tree: Tree):
    """What Prometheus asks by name is the Service of the pods, at its port."""
    scraping = tree.read("k8s/components/monitoring/prometheus.yml")
    names = re.findall(r"names: \[([\w.-]+)\]", scraping)
    ports = re.findall(r"port: (\d+)", scraping)
    objects = tree.objects(tree.layers["overlays/aws"])
    for name, port in zip(names, ports, strict=True):
        service = only(objects, "Service", name)
        if port not in {str(one["port"]) for one in service["spec"].get("ports", [])}:
            yield f"Prometheus asks {name}:{port}, which is not there"
