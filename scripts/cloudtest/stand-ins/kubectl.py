"""Stands for kubectl and the cluster behind it: objects in a file, checked against Kubernetes' own schemas.

`kubectl kustomize` is the real one. Of the load balancer controller it plays the visible part: an Ingress
gets a balancer in moto a moment after it is applied, and loses it a moment after it is deleted.
"""

import json
import os
import subprocess
import sys

from objects import Cluster, check, merged, replicas
from shared import Refused, flag, main, option, state


def manifests(arguments) -> list[dict]:
    folder, file = option(arguments, "-k"), option(arguments, "-f")
    if folder:
        text = subprocess.run([os.environ["REAL_KUBECTL"], "kustomize", folder], check=True, capture_output=True).stdout
    else:
        text = sys.stdin.read() if file == "-" else open(file).read()
    # Most calls need no YAML, and it takes a while to load.
    sys.path.append(os.environ["PACKAGES"])
    import yaml

    quick = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return [each for each in yaml.load_all(text, quick) if each]


def split(name: str) -> tuple[str, str]:
    """What kind it is, in the singular, and its name if there is one."""
    kind, _, rest = name.partition("/")
    return kind if kind.endswith("ss") else kind.removesuffix("s"), rest


def get(cluster: Cluster, arguments):
    form = option(arguments, "-o", "--output")
    is_json = form == "json"
    selector = option(arguments, "--selector")
    option(arguments, "--field-selector"), option(arguments, "--sort-by")
    ignore = flag(arguments, "--ignore-not-found")
    kind, name = split(arguments[0])
    name = name or (arguments[1] if len(arguments) > 1 else "")
    if kind == "pod" and form == "name":
        if selector != "app.kubernetes.io/name=overcookied":
            raise Refused("pods of everybody")
        return print("".join(f"pod/{each}\n" for each in cluster.pods()), end="")
    if not name:
        if "," in kind or kind in ("pod", "event"):
            return print(f"NAME   STATUS\n{kind}   as a stand-in has it")
        for each in cluster.of_kind(kind):
            print(f"{kind}/{each['metadata']['name']}")
        return None
    found = cluster.look_up(kind, name)
    if found is None:
        if ignore:
            return None
        raise Refused(f'{kind} "{name}" not found')
    print(json.dumps(found) if is_json else f"{kind}/{name}")


def rollout(cluster: Cluster, arguments):
    order, (kind, name) = arguments[0], split(arguments[1])
    deployment = cluster.must_have(kind, name)
    if order == "restart":
        restarted = {"metadata": {"annotations": {"restarted": str(os.getpid())}}}
        cluster.replace(merged(deployment, {"spec": {"template": restarted}}))
        return print(f"{kind}.apps/{name} restarted")
    if option(arguments, "--timeout") is None:
        raise Refused("a wait without a bound")
    cluster.finish_rollout(deployment)
    print(f'deployment "{name}" successfully rolled out')


def patch(cluster: Cluster, arguments):
    kind, name = split(arguments[0])
    change = json.load(open(option(arguments, "--patch-file")))
    before = cluster.must_have(kind, name)
    after = merged(before, change)
    print(f"{kind}.apps/{name} patched{' (no change)' if after == before else ''}")
    if after != before:
        cluster.replace(after)


def execute(cluster: Cluster, arguments):
    """The one program that there is in a pod, with the one order that the scripts give it."""
    at = arguments.index("--")
    command, options = arguments[at + 1 :], arguments[:at]
    if option(options, "--container", "-c") != "server" or option(options, "--pod-running-timeout") is None:
        raise Refused("a container by chance, or a wait without a bound")
    deployment = cluster.must_have(*split(options[0]))
    if command != ["overcookied", "status", "--json"] or len(options) != 1:
        raise Refused(f"exec: {command} is not in the image")
    if not replicas(deployment):
        raise Refused("timed out waiting for the condition")
    print(json.dumps({"pods": [], "outbox": cluster.outbox(), "complete": True}))


def create(cluster: Cluster, arguments):
    if option(arguments, "--dry-run") == "client":
        for each in manifests(arguments):
            print(f"{each['kind'].lower()}/{each['metadata']['name']}")
        return
    if arguments[:2] != ["secret", "generic"]:
        raise Refused(f"unknown command create {arguments}")
    key, file = option(arguments, "--from-file").split("=")
    body = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": arguments[2], "namespace": cluster.namespace}}
    print(cluster.apply({**body, "stringData": {key: open(file).read()}}))


def delete(cluster: Cluster, arguments):
    ignore, waits = flag(arguments, "--ignore-not-found"), flag(arguments, "--wait")
    if not waits or option(arguments, "--timeout") is None:
        raise Refused("a deletion that does not wait, or without a bound")
    kind, name = arguments
    if cluster.delete(kind, name):
        print(f'{kind}.networking.k8s.io "{name}" deleted')
    elif not ignore:
        raise Refused(f'{kind} "{name}" not found')


def apply(cluster: Cluster, arguments):
    given = manifests(arguments)
    check(given)
    for each in given:
        print(cluster.apply(each))


def diff(cluster: Cluster, arguments):
    differs = [each["metadata"]["name"] for each in manifests(arguments) if cluster.would_change(each)]
    print("".join(f"diff {name}\n" for name in differs), end="")
    return 1 if differs else 0


def auth(cluster: Cluster, arguments):
    """Whoever asks is an operator, unless a test has this call fail."""


def talk(cluster: Cluster, arguments):
    print("what a stand-in has to say of it")


ORDERS = {
    "auth": auth,
    "get": get,
    "apply": apply,
    "delete": delete,
    "patch": patch,
    "rollout": rollout,
    "create": create,
    "diff": diff,
    "exec": execute,
    "describe": talk,
    "logs": talk,
}


def kubectl(arguments):
    if arguments[0] == "kustomize":
        os.execv(os.environ["REAL_KUBECTL"], ["kubectl", *arguments])
    config = os.environ.get("KUBECONFIG", "")
    if not config or "overcookied" not in open(config).read():
        raise Refused("this is not the configuration of our cluster")
    namespace = option(arguments, "--namespace", "-n", default="default")
    with state("cluster") as kept:
        cluster = Cluster(kept, namespace)
        status = ORDERS[arguments.pop(0)](cluster, arguments)
    return status


main("kubectl", kubectl)
