"""The visible part of the AWS Load Balancer Controller: a balancer in moto, with its tags."""

import re

from shared import query_aws, tell_cloud

ELB = ("elasticloadbalancing", "2015-12-01")


def make_balancer(cluster: str) -> str:
    """Its name in DNS."""
    zones = query_aws("ec2", "2016-11-15", Action="DescribeSubnets")
    subnets = re.findall("<subnetId>(.*?)</subnetId>", zones)[:2]
    made = query_aws(
        *ELB,
        Action="CreateLoadBalancer",
        Name="k8s-overcook-overcook",
        Scheme="internet-facing",
        **{f"Subnets.member.{at}": subnet for at, subnet in enumerate(subnets, 1)},
        **{"Tags.member.1.Key": "elbv2.k8s.aws/cluster", "Tags.member.1.Value": cluster},
        **{"Tags.member.2.Key": "ingress.k8s.aws/stack", "Tags.member.2.Value": "overcookied/overcookied"},
    )
    return re.search("<DNSName>(.*?)</DNSName>", made)[1]


def take_balancer_away(host: str) -> None:
    """AWS shows it for a while yet: the cloud of the test lets it go when it has been looked at once more."""
    tell_cloud("let_balancer_go", host=host)
