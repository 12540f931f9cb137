"""What a test can ask of its AWS, or do to it behind the scripts' backs."""

from __future__ import annotations

import functools

from moto.backends import get_backend

from . import buckets, snapshots
from .mirror import ACCOUNT, Mirror


def certificate(mirror: Mirror, status: str) -> None:
    for each in mirror.backend("acm")._certificates.values():
        each.status = status


def passwords(mirror: Mirror, user: str) -> list[str]:
    return mirror.backend("elasticache").users[user].passwords


def secret(mirror: Mirror, name: str) -> str:
    return mirror.client("secretsmanager").get_secret_value(SecretId=name)["SecretString"]


def put_secret(mirror: Mirror, name: str, value: str) -> None:
    mirror.client("secretsmanager").put_secret_value(SecretId=name, SecretString=value)


def forget_secret(mirror: Mirror, name: str) -> None:
    """As on the first day: the container without a value."""
    mirror.backend("secretsmanager").delete_secret(name, None, True)
    mirror.backend("secretsmanager").create_secret(name, None, None, None, [], None, None, [], False)


def secrets(mirror: Mirror) -> list[str]:
    return [each["Name"] for each in mirror.client("secretsmanager").list_secrets()["SecretList"]]


def records(mirror: Mirror) -> list[dict]:
    found = []
    for zone in get_backend("route53")[ACCOUNT]["aws"].zones:
        found += mirror.client("route53").list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
    return found


def call_as(mirror: Mirror, arn: str) -> None:
    """Whose credentials the scripts have, from now on."""
    mirror.caller = arn


def lose_cluster(mirror: Mirror, name: str) -> None:
    """As somebody does who deletes it in the console."""
    mirror.backend("eks").clusters.pop(name)


def cluster_status(mirror: Mirror, name: str, status: str) -> None:
    mirror.backend("eks").clusters[name].status = status


def leave_security_group(mirror: Mirror) -> None:
    """As a controller does that was killed with its cluster."""
    tags = [{"Key": "elbv2.k8s.aws/cluster", "Value": "overcookied"}]
    mirror.client("ec2").create_security_group(
        GroupName="k8s-traffic-overcookied",
        Description="left behind",
        TagSpecifications=[{"ResourceType": "security-group", "Tags": tags}],
    )


def of(mirror: Mirror) -> dict:
    """By their names."""
    known = {
        "certificate": certificate,
        "passwords": passwords,
        "secret": secret,
        "put_secret": put_secret,
        "secrets": secrets,
        "forget_secret": forget_secret,
        "records": records,
        "call_as": call_as,
        "lose_cluster": lose_cluster,
        "cluster_status": cluster_status,
        "leave_security_group": leave_security_group,
        "bucket": buckets.look_at,
        "take": snapshots.take,
        "put_back": snapshots.put_back,
    }
    bound = {name: functools.partial(command, mirror) for name, command in known.items()}
    return {**bound, "somebody_elses_bucket": mirror.somebody_elses_bucket}
