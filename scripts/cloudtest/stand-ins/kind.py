"""Stands for kind: one cluster, which is there or not."""

import pathlib

from shared import Refused, main, option, state


def create(arguments):
    config = pathlib.Path(option(arguments, "--config")).read_text()
    if "hostPort: 8080" not in config or "containerPort: 30080" not in config or "127.0.0.1" not in config:
        raise Refused("the game's port is not brought to this machine alone")
    with state("kind") as kept:
        kept["cluster"] = option(arguments, "--name")


def kind(arguments):
    order = arguments[:2]
    with state("kind") as kept:
        cluster = kept.get("cluster")
    if order == ["create", "cluster"]:
        return create(arguments)
    if order == ["get", "clusters"]:
        return print(cluster or "No kind clusters found.")
    if order == ["delete", "cluster"]:
        with state("kind") as kept:
            kept.clear()
        with state("cluster") as kept:
            kept.clear()
        return None
    if cluster is None:
        raise Refused("no such cluster")
    if order == ["get", "kubeconfig"]:
        return print(f"clusters:\n- name: kind-{cluster}\n")
    if order == ["load", "docker-image"]:
        return None
    raise Refused(f"unknown command {arguments}")


main("kind", kind)
