"""The objects of the cluster that `kubectl.py` stands for, and what may be applied to it."""

import copy
import hashlib
import json
import os
import pathlib
import re
import subprocess
import tempfile

from balancer import make_balancer, take_balancer_away
from shared import Refused, secret_keys, state

WITHOUT_NAMESPACE = {"Namespace", "IngressClass", "ClusterRole", "ClusterRoleBinding", "PriorityClass"}
# How often an Ingress is looked at before its balancer has a name.
LOOKS_BEFORE_A_NAME = 2


def merged(base: dict, change: dict) -> dict:
    """As a merge patch has it: maps are merged, what is null goes, everything else is replaced."""
    result = copy.deepcopy(base)
    for key, value in change.items():
        if value is None:
            result.pop(key, None)
            continue
        result[key] = merged(result.get(key) or {}, value) if isinstance(value, dict) else value
    return result


def replicas(deployment: dict) -> int:
    """Two are what the autoscaler makes of a Deployment that says nothing."""
    return deployment["spec"].get("replicas", 2)


class Cluster:
    """What is in it. `kept` is the dictionary that outlives the process."""

    def __init__(self, kept: dict, namespace: str):
        self.objects = kept.setdefault("objects", {})
        self.applied = kept.setdefault("applied", {})
        self.kept = kept
        self.namespace = namespace

    def key(self, manifest: dict) -> str:
        kind, meta = manifest["kind"], manifest["metadata"]
        space = "" if kind in WITHOUT_NAMESPACE else meta.get("namespace", "default")
        return f"{kind.lower()}/{space}/{meta['name']}"

    def look_up(self, kind: str, name: str) -> dict | None:
        is_wide = kind in {each.lower() for each in WITHOUT_NAMESPACE}
        found = self.objects.get(f"{kind}/{'' if is_wide else self.namespace}/{name}")
        if found and kind == "ingress":
            self.let_controller_work(found)
        return found

    def must_have(self, kind: str, name: str) -> dict:
        found = self.look_up(kind, name)
        if found is None:
            raise Refused(f'{kind} "{name}" not found')
        return found

    def of_kind(self, kind: str) -> list[dict]:
        return [each for key, each in self.objects.items() if key.startswith(f"{kind}/")]

    def replace(self, thing: dict) -> None:
        self.objects[self.key(thing)] = thing

    def would_change(self, manifest: dict) -> bool:
        return self.applied.get(self.key(manifest)) != manifest

    def apply(self, manifest: dict) -> str:
        """What kubectl says of it. What others have added (a patch) stays."""
        key, name = self.key(manifest), f"{manifest['kind'].lower()}/{manifest['metadata']['name']}"
        space = key.split("/")[1]
        if space not in ("", "default", "kube-system") and f"namespace//{space}" not in self.objects:
            raise Refused(f'namespaces "{space}" not found')
        if manifest["kind"] == "Deployment":
            self.check_references(manifest)
        if not self.would_change(manifest):
            return f"{name} unchanged"
        is_new = key not in self.objects
        added = {} if is_new else additions(self.objects[key], self.applied.get(key, {}))
        self.objects[key] = merged(manifest, added)
        self.applied[key] = manifest
        return f"{name} {'created' if is_new else 'configured'}"

    def check_references(self, deployment: dict) -> None:
        space = deployment["metadata"]["namespace"]
        for container in deployment["spec"]["template"]["spec"]["containers"]:
            for source in container.get("envFrom", []):
                name = source.get("configMapRef", {}).get("name")
                if name and f"configmap/{space}/{name}" not in self.objects:
                    raise Refused(f"the pods want the ConfigMap {name}, which is not there")

    def finish_rollout(self, deployment: dict) -> None:
        """How often the pods have become new: once for each template that was waited for."""
        template = json.dumps(deployment["spec"]["template"], sort_keys=True)
        if self.kept.get("running") != template:
            self.kept["running"] = template
            self.kept["rollouts"] = self.kept.get("rollouts", 0) + 1
            # Pods read the session keys when they start, and not again.
            self.kept.setdefault("keys_read", []).append(secret_keys())

    def pods(self) -> list[str]:
        """Those of the game. Once there are to be none, they can be seen for one look more."""
        deployment = self.objects.get(f"deployment/{self.namespace}/overcookied")
        if deployment is None:
            return []
        wanted = replicas(deployment)
        shown = wanted or self.kept.get("pods", 2)
        self.kept["pods"] = wanted
        return [f"overcookied-{number}" for number in range(shown)]

    def outbox(self) -> dict:
        """As a test has said, a look after the other; the last one stays. Else there is nothing in it."""
        with state("outbox") as kept:
            looks = kept.get("looks") or [{}]
            look = looks.pop(0) if len(looks) > 1 else looks[0]
        return {"waiting": 0, "oldestMs": None, "setAside": 0, **look}

    def let_controller_work(self, ingress: dict) -> None:
        if ingress.get("status"):
            return
        ingress["looks"] = ingress.get("looks", 0) + 1
        with state("helm") as helm:
            controller = helm.get("controller")
        if controller and ingress["looks"] >= LOOKS_BEFORE_A_NAME:
            try:
                host = make_balancer(controller["cluster"])
            except Refused:
                # It would be in the controller's log.
                return
            ingress["status"] = {"loadBalancer": {"ingress": [{"hostname": host}]}}

    def delete(self, kind: str, name: str) -> bool:
        found = self.objects.pop(f"{kind}/{self.namespace}/{name}", None)
        self.applied.pop(f"{kind}/{self.namespace}/{name}", None)
        if found and kind == "ingress" and found.get("status"):
            take_balancer_away(found["status"]["loadBalancer"]["ingress"][0]["hostname"])
        return found is not None


def additions(now: dict, applied: dict) -> dict:
    """What is in an object and was not applied: it was patched in, or is its status."""
    found = {}
    for key, value in now.items():
        if isinstance(value, dict):
            inner = additions(value, applied.get(key) or {})
            if inner:
                found[key] = inner
        elif key not in applied:
            found[key] = value
    return found


def check(manifests: list[dict]) -> None:
    """Refuses what Kubernetes would refuse, and an image that could be any."""
    check_schemas(manifests)
    for manifest in manifests:
        for container in containers(manifest):
            check_image(container["name"], container["image"])


def containers(manifest: dict) -> list[dict]:
    pod = manifest.get("spec", {}).get("template", {}).get("spec", {})
    return [*pod.get("containers", []), *pod.get("initContainers", [])]


def check_image(container: str, image: str) -> None:
    if image.endswith(":latest") or not re.search("[:@]", image.rsplit("/", 1)[-1]):
        raise Refused(f"{image}: a tag that says nothing")
    with state("kind") as kind:
        is_local = "cluster" in kind
    # The others are of somebody else: no script of ours has pushed them.
    if is_local or container != "server":
        return
    with state("docker") as docker:
        if image not in docker.get("images", []):
            raise Refused(f"{image}: an image that was not pushed, or not by its digest")


def check_schemas(manifests: list[dict]) -> None:
    """Each text once in a run of the tests: the schemas take a while to be read."""
    known = pathlib.Path(os.environ["CHECKED_SCHEMAS"])
    known.mkdir(exist_ok=True)
    texts = [json.dumps(each, sort_keys=True) for each in manifests]
    marks = {known / hashlib.sha256(text.encode()).hexdigest(): text for text in texts}
    new = [text for mark, text in marks.items() if not mark.exists()]
    if not new:
        return
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        file.write("\n---\n".join(new))
        file.flush()
        run = [os.environ["KUBERNETES_VALIDATE"], "--strict", "-k", os.environ["KUBERNETES_SCHEMA"], file.name]
        checked = subprocess.run(run, capture_output=True, text=True)
    if checked.returncode:
        raise Refused(f"not as Kubernetes has it: {checked.stdout}{checked.stderr}")
    for mark in marks:
        mark.touch()
