"""Makes in moto what a Terraform state says there is, and takes away what it no longer says."""

from __future__ import annotations

import json
import threading

import boto3
from botocore.config import Config
from moto.backends import get_backend

from .gate import MIRROR

ACCOUNT = "123456789012"
SOMEBODY_ELSE = "999999999999"


class Mirror:
    """What each state has been seen to hold. Terraform's own provider makes nothing in these tests."""

    def __init__(self, region: str):
        self.region = region
        self.port = 0
        # Whose credentials these are, if they are not moto's own.
        self.caller = ""
        self.seen: dict[str, dict] = {}
        self.lock = threading.Lock()

    def backend(self, service: str):
        """moto's own objects, for what no request can do."""
        return get_backend(service)[ACCOUNT][self.region]

    def client(self, service: str):
        """Requests to moto itself. The gate knows them by their name, and does not count them."""
        return boto3.client(
            service,
            endpoint_url=f"http://127.0.0.1:{self.port}",
            region_name=self.region,
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=Config(user_agent_extra=MIRROR),
        )

    def after(self, name: str, body: bytes) -> None:
        """After each request that moto has carried out."""
        if not name.startswith("s3.:PUT ") or not name.split("?")[0].endswith(".tfstate"):
            return
        with self.lock:
            self.follow(name.split("?")[0], json.loads(payload(body)))

    def follow(self, key: str, state: dict) -> None:
        now = {}
        for resource in state["resources"]:
            if resource["mode"] != "managed" or resource["type"] not in MAKERS:
                continue
            for instance in resource["instances"]:
                at = f"{resource['type']}.{resource['name']}[{instance.get('index_key', '')}]"
                now[at] = (resource["type"], instance["attributes"])
        seen = self.seen.setdefault(key, {})
        for at in seen.keys() - now.keys():
            kind, attributes = seen.pop(at)
            MAKERS[kind][1](self, attributes)
        for at in now.keys() - seen.keys():
            kind, attributes = now[at]
            MAKERS[kind][0](self, attributes)
            seen[at] = now[at]

    def somebody_elses_bucket(self, name: str) -> None:
        get_backend("s3")[SOMEBODY_ELSE]["aws"].create_bucket(name, self.region)


def payload(body: bytes) -> bytes:
    """What was put, without the frame of chunks that SDKs send it in."""
    if body.lstrip()[:1] == b"{":
        return body
    size, rest = body.split(b"\r\n", 1)
    length = int(size.split(b";")[0], 16)
    return rest[:length] + (payload_rest(rest[length + 2 :]) if rest[length + 2 :] else b"")


def payload_rest(body: bytes) -> bytes:
    size, _, rest = body.partition(b"\r\n")
    length = int(size.split(b";")[0] or b"0", 16)
    return rest[:length] + payload_rest(rest[length + 2 :]) if length else b""


def make_secret(mirror: Mirror, secret: dict) -> None:
    mirror.backend("secretsmanager").create_secret(
        secret["name"], None, None, None, [], None, None, [], False
    )


def drop_secret(mirror: Mirror, secret: dict) -> None:
    mirror.backend("secretsmanager").delete_secret(secret["name"], None, True)


def make_repository(mirror: Mirror, repository: dict) -> None:
    mutability = repository.get("image_tag_mutability") or "MUTABLE"
    mirror.backend("ecr").create_repository(
        repository["name"], None, None, None, mutability.split("_WITH_")[0], []
    )


def drop_repository(mirror: Mirror, repository: dict) -> None:
    mirror.backend("ecr").delete_repository(repository["name"], force=True)


def make_cluster(mirror: Mirror, cluster: dict) -> None:
    role = f"arn:aws:iam::{ACCOUNT}:role/cluster"
    network = {"subnetIds": [], "securityGroupIds": []}
    mirror.backend("eks").create_cluster(cluster["name"], role, network, version=cluster.get("version"))


def drop_cluster(mirror: Mirror, cluster: dict) -> None:
    mirror.backend("eks").clusters.pop(cluster["name"], None)


def make_zone(mirror: Mirror, zone: dict) -> None:
    """With the id that the state has for it, since the scripts ask for that one."""
    route53 = get_backend("route53")[ACCOUNT]["aws"]
    made = route53.create_hosted_zone(zone["name"], private_zone=False)
    route53.zones.pop(made.resource_id)
    made.resource_id = zone["zone_id"]
    route53.zones[zone["zone_id"]] = made


def drop_zone(mirror: Mirror, zone: dict) -> None:
    get_backend("route53")[ACCOUNT]["aws"].zones.pop(zone["zone_id"], None)


def make_certificate(mirror: Mirror, certificate: dict) -> None:
    """Issued, as if somebody had delegated the zone at once."""
    made = mirror.client("acm").request_certificate(DomainName=certificate["domain_name"], ValidationMethod="DNS")
    known = mirror.backend("acm")._certificates
    known[certificate["arn"]] = known.pop(made["CertificateArn"])
    known[certificate["arn"]].arn = certificate["arn"]
    known[certificate["arn"]].status = "ISSUED"


def drop_certificate(mirror: Mirror, certificate: dict) -> None:
    mirror.backend("acm")._certificates.pop(certificate["arn"], None)


def make_user(mirror: Mirror, user: dict) -> None:
    mode = user["authentication_mode"][0]
    mirror.client("elasticache").create_user(
        UserId=user["user_id"],
        UserName=user["user_name"],
        Engine="redis",  # moto knows no other
        AccessString=user["access_string"],
        AuthenticationMode={"Type": mode["type"], **({"Passwords": mode["passwords"]} if mode["passwords"] else {})},
    )


def drop_user(mirror: Mirror, user: dict) -> None:
    mirror.backend("elasticache").users.pop(user["user_id"], None)


def make_valkey(mirror: Mirror, group: dict) -> None:
    mirror.client("elasticache").create_replication_group(
        ReplicationGroupId=group["replication_group_id"],
        ReplicationGroupDescription=group["description"],
        Engine="valkey",
        CacheNodeType=group["node_type"],
        NumCacheClusters=group["num_cache_clusters"] or 2,
    )


def drop_valkey(mirror: Mirror, group: dict) -> None:
    mirror.backend("elasticache").replication_groups.pop(group["replication_group_id"], None)


def make_nodes(mirror: Mirror, group: dict) -> None:
    count = group["scaling_config"][0]["desired_size"]
    name = {"Key": "eks:cluster-name", "Value": group["cluster_name"]}
    spot = {"InstanceMarketOptions": {"MarketType": "spot"}} if group["capacity_type"] == "SPOT" else {}
    mirror.client("ec2").run_instances(
        ImageId="ami-12c6146b",
        MinCount=count,
        MaxCount=count,
        InstanceType=group["instance_types"][0],
        TagSpecifications=[{"ResourceType": kind, "Tags": [name]} for kind in ("instance", "volume")],
        **spot,
    )


def drop_nodes(mirror: Mirror, group: dict) -> None:
    ec2 = mirror.client("ec2")
    ours = {"Name": "tag:eks:cluster-name", "Values": [group["cluster_name"]]}
    for reservation in ec2.describe_instances(Filters=[ours])["Reservations"]:
        ec2.terminate_instances(InstanceIds=[each["InstanceId"] for each in reservation["Instances"]])


MAKERS = {
    "aws_secretsmanager_secret": (make_secret, drop_secret),
    "aws_ecr_repository": (make_repository, drop_repository),
    "aws_eks_cluster": (make_cluster, drop_cluster),
    "aws_route53_zone": (make_zone, drop_zone),
    "aws_acm_certificate": (make_certificate, drop_certificate),
    "aws_elasticache_user": (make_user, drop_user),
    "aws_elasticache_replication_group": (make_valkey, drop_valkey),
    "aws_eks_node_group": (make_nodes, drop_nodes),
}
