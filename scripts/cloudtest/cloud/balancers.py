"""Load balancers that are being deleted: AWS shows them for a while yet."""

from __future__ import annotations

from .mirror import Mirror

# How often one that is going can still be seen.
LOOKS = 1


class Going:
    def __init__(self, mirror: Mirror):
        self.mirror = mirror
        self.hosts: dict[str, int] = {}

    def let_balancer_go(self, host: str) -> None:
        self.hosts[host] = LOOKS

    def looked_at(self, name: str) -> None:
        """Before each request: whether it is a look at the balancers."""
        if name != "elasticloadbalancing.DescribeLoadBalancers":
            return
        for host, looks in list(self.hosts.items()):
            if looks:
                self.hosts[host] = looks - 1
            else:
                self.delete(host)
                del self.hosts[host]

    def delete(self, host: str) -> None:
        elb = self.mirror.client("elbv2")
        for each in elb.describe_load_balancers()["LoadBalancers"]:
            if each["DNSName"] == host:
                elb.delete_load_balancer(LoadBalancerArn=each["LoadBalancerArn"])
