"""Stands for helm: knows one chart, and checks that it is brought as a cluster of ours needs it."""

import re

from shared import Refused, main, option, state

WANTED = {
    "region",
    "vpcId",
    "clusterName",
    "enableWaf",
    "enableWafv2",
    "enableShield",
    "serviceAccount.create",
    "serviceAccount.name",
}


def helm(arguments):
    if arguments[:2] != ["upgrade", "--install"]:
        raise Refused(f"unknown command {arguments}")
    version = option(arguments, "--version", default="")
    namespace = option(arguments, "--namespace")
    values = dict(option(arguments, "--set").split("=", 1) for _ in range(arguments.count("--set")))
    if not re.fullmatch(r"\d+\.\d+\.\d+", version):
        raise Refused("the version of the chart is not pinned")
    if namespace != "kube-system" or set(values) != WANTED or not all(values.values()):
        raise Refused(f"namespace {namespace}, values {values}")
    if values["serviceAccount.name"] != "aws-load-balancer-controller":
        raise Refused("no role belongs to that service account")
    with state("helm") as kept:
        kept["controller"] = {"version": version, "cluster": values["clusterName"]}
    print('Release "aws-load-balancer-controller" has been upgraded. Happy Helming!')


main("helm", helm)
