"""scripts/destroy: in order, only what was named, and nothing that costs money is left without a word."""

from .scene import Scene
from .settings import ACCOUNT


class Destroying(Scene):
    def test_without_a_yes_nothing_is_destroyed(self):
        self.given_it_runs()
        self.says(self.fails("destroy"), "nobody to ask", "--yes")
        self.says(self.fails("destroy", answers=["yes"]), "not confirmed")
        self.says(self.fails("destroy", "--all", answers=["overcookied", "y"]), "ALL RESULTS", "not confirmed")
        self.says(self.fails("destroy", "--all", "--yes"), "ALL RESULTS", "nobody to ask")
        self.assertEqual(self.changes(), [])
        self.assertIn("ingress/overcookied/overcookied", self.stage.state_of("cluster")["objects"])

    def test_all_takes_the_base_too_and_up_makes_it_anew(self):
        self.given_it_runs()
        gone = self.succeeds("destroy", "--all", answers=["overcookied", f"destroy {ACCOUNT}"])
        self.says(gone, "the protection of the base layer", "eks: nothing", "base: nothing", "the bucket")
        self.assertLess(gone.index("the Ingress, and with it"), gone.index("== the eks layer"))
        self.assertLess(gone.index("== the eks layer"), gone.index("== the base layer"))
        self.assertEqual(self.cloud.tell("secrets"), [])
        self.succeeds("destroy", "--all")
        self.says(self.succeeds("up"), "session keys: made", "password of Valkey: made")

    def test_an_ingress_that_does_not_go_stops_everything(self):
        self.given_it_runs()
        self.stage.fault("delete ingress", message="timed out waiting for the condition")
        self.says(self.fails("destroy", "--yes"), "the Ingress does not go", "Nothing more was destroyed")
        self.assertEqual(self.changes(), [])

    def test_a_balancer_that_cannot_be_looked_at_is_not_taken_for_gone(self):
        self.given_it_runs()
        self.cloud.refuse("elasticloadbalancing.DescribeLoadBalancers")
        refused = self.fails("destroy", "--yes")
        self.says(refused, "lack a right: elasticloadbalancing:DescribeLoadBalancers", "stopped at: the Ingress")
        self.assertEqual(self.changes(), [])

    def test_a_balancer_without_its_cluster_is_named_with_the_command_that_deletes_it(self):
        self.given_it_runs()
        self.cloud.tell("lose_cluster", name="overcookied")
        refused = self.fails("destroy", "--yes")
        self.says(refused, "aws elbv2 delete-load-balancer", "costs money", "run this again")
        command = next(line.strip() for line in refused.splitlines() if "delete-load-balancer" in line)
        self.assertEqual(self.stage.shell(command).status, 0)
        gone = self.succeeds("destroy", "--yes")
        self.says(gone, "there is no cluster overcookied", "no Ingress to delete", "eks: nothing")

    def test_a_cluster_that_is_half_made_is_no_obstacle(self):
        self.given_it_is_up()
        self.cloud.tell("cluster_status", name="overcookied", status="CREATING")
        self.says(self.fails("deploy", "--image", f"a@sha256:{64 * '0'}"), "Cluster status is CREATING", "./scripts/up")
        self.says(self.succeeds("destroy", "--yes"), "Cluster status is CREATING", "eks: nothing")

    def test_security_groups_of_the_controller_are_named_before_the_network_goes(self):
        self.given_the_base_is_up()
        self.cloud.tell("leave_security_group")
        left = self.succeeds("destroy")
        self.says(left, "aws ec2 delete-security-group")
        refused = self.fails("destroy", "--all", answers=[f"destroy {ACCOUNT}"])
        self.says(refused, "the network cannot go before these security groups")

    def test_saying_what_would_go_changes_nothing(self):
        self.given_it_runs()
        self.says(self.succeeds("destroy", "--all", "--dry-run"), "aws_dynamodb_table", "aws_eks_cluster.this")
        self.assertEqual(self.changes(), [])

    def test_cost_lists_what_runs_and_what_it_comes_to(self):
        self.given_it_runs()
        table = self.succeeds("cost")
        self.says(table, "cluster, Kubernetes 1.36", "node t4g.", "load balancer", "Valkey cache.t4g.", "secret")
        self.says(table, "together", "USD a day")
        self.assertNotIn("?", table)
        self.assertEqual(self.changes(), [])
        self.says(self.succeeds("cost", "--prices"), "https://aws.amazon.com/eks/pricing/")
