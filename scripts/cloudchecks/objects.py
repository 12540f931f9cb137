"""Questions to a list of Kubernetes objects."""

from __future__ import annotations

from collections.abc import Iterator

from .tree import Object

OURS = "overcookied"


def of_kind(objects: list[Object], kind: str, name: str | None = None) -> list[Object]:
    return [one for one in objects if one["kind"] == kind and name in (None, one["metadata"]["name"])]


def only(objects: list[Object], kind: str, name: str = OURS) -> Object:
    """The object of that name; an empty one if it is missing, which whoever looks at it will notice."""
    found = of_kind(objects, kind, name)
    return found[0] if found else {"kind": kind, "metadata": {"name": name}, "spec": {}}


def template(deployment: Object) -> Object:
    return deployment["spec"].get("template", {"metadata": {"labels": {}}, "spec": {"containers": []}})


def containers(deployment: Object) -> list[Object]:
    spec = template(deployment)["spec"]
    return [*spec.get("initContainers", []), *spec["containers"]]


def server_container(objects: list[Object]) -> Object:
    named = [one for one in containers(only(objects, "Deployment")) if one["name"] == "server"]
    return named[0] if named else {"name": "server"}


def settings(objects: list[Object]) -> dict[str, str]:
    """The environment of the server, as its ConfigMap and its container say."""
    container, found = server_container(objects), {}
    for source in container.get("envFrom", []):
        name = source.get("configMapRef", {}).get("name")
        found |= only(objects, "ConfigMap", name).get("data", {})
    return found | {one["name"]: str(one.get("value", "")) for one in container.get("env", [])}


def annotations(one: Object) -> dict[str, str]:
    return one["metadata"].get("annotations", {})


def attributes(ingress: Object, what: str) -> dict[str, str]:
    """The attributes of a balancer that stand in one annotation, with commas between."""
    text = annotations(ingress).get(f"alb.ingress.kubernetes.io/{what}", "")
    return dict(pair.split("=", 1) for pair in text.split(",") if pair)


def matches(selector: dict, labels: dict[str, str]) -> bool:
    return selector.get("matchLabels", {}).items() <= labels.items()


def pods(objects: list[Object]) -> Iterator[dict[str, str]]:
    """The labels of each kind of pod."""
    for one in of_kind(objects, "Deployment"):
        yield template(one)["metadata"].get("labels", {})
