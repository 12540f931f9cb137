"""Ctrl-C in every script, at a moment when something is under way: a word, and a second run that finishes."""

from .scene import Scene
from .settings import BUCKET, DOMAIN
from .test_half_finished import WRITES_EKS


class Interrupting(Scene):
    def interrupt_in_aws(self, match: str, script: str, *arguments: str) -> None:
        """While AWS takes its time for the request whose name matches."""
        self.cloud.hold(match)
        process = self.stage.start(script, *arguments)
        self.cloud.wait_until_held()
        self.stage.press_ctrl_c(process)
        self.cloud.release()
        self.is_interrupted(self.stage.end(process))

    def interrupt_in(self, call: str, script: str, *arguments: str) -> None:
        """While that call of docker, kubectl or kind hangs."""
        self.stage.fault(call, hang=300)
        process = self.stage.start(script, *arguments)
        self.stage.wait_until_hanging()
        self.stage.press_ctrl_c(process)
        self.is_interrupted(self.stage.end(process))


class Interrupted(Interrupting):
    def test_up_lets_terraform_write_its_state_and_give_back_the_lock(self):
        self.given_the_base_is_up()
        self.interrupt_in_aws(WRITES_EKS, "up")
        finished = self.succeeds("up")
        self.assertNotIn("locked", finished)
        self.says(finished, "password of Valkey: given", "next:")

    def test_bootstrap_state_is_finished_by_the_next_run(self):
        self.interrupt_in_aws(f"s3.:PUT /{BUCKET}.policy", "bootstrap-state")
        self.says(self.succeeds("bootstrap-state", "--dry-run"), "would be finished")
        self.succeeds("bootstrap-state")
        self.says(self.succeeds("bootstrap-state", "--dry-run"), "there and finished")

    def test_build_and_push_leaves_no_image_and_the_next_run_makes_it(self):
        self.given_it_is_up()
        self.interrupt_in("buildx build", "build-and-push")
        self.says(self.fails("deploy"), "there is no image of commit", "./scripts/build-and-push")
        self.succeeds("build-and-push")

    def test_deploy_goes_on_to_wait_for_the_pods(self):
        self.given_it_runs()
        other = self.given_another_image()
        self.interrupt_in("rollout status", "deploy", "--image", other)
        self.says(self.succeeds("deploy", "--image", other), "successfully rolled out")

    def test_rotate_keys_goes_on_with_the_key_that_it_has_announced(self):
        self.given_it_runs()
        before = self.keys()
        self.interrupt_in("rollout status", "rotate-keys")
        announced = self.keys()
        self.assertEqual(announced[:1], before)
        self.succeeds("rotate-keys")
        self.assertEqual(self.keys(), [announced[1], announced[0]], "no third key")

    def test_destroy_has_destroyed_nothing_that_the_next_run_does_not_finish(self):
        self.given_it_runs()
        self.interrupt_in("delete ingress", "destroy", "--yes")
        self.says(self.succeeds("destroy", "--dry-run"), "aws_eks_cluster.this")
        self.says(self.succeeds("destroy", "--yes"), "Apply complete!", "eks: nothing")

    def test_cost_changes_nothing_at_all(self):
        self.interrupt_in_aws("ec2.DescribeInstances", "cost")
        self.assertEqual(self.changes(), [])

    def test_local_cluster_takes_half_a_cluster_away(self):
        self.interrupt_in("kind create cluster", "local-cluster")
        self.assertNotIn("cluster", self.stage.state_of("kind"))
        self.says(self.succeeds("local-cluster"), "http://localhost:8080")


class InterruptedWithADomain(Interrupting):
    settings = {"DOMAIN": DOMAIN}

    def test_update_dns_writes_a_record_or_none(self):
        self.given_it_runs()
        self.interrupt_in_aws("route53.:POST .*rrset", "update-dns")
        self.says(self.succeeds("update-dns"), "A: ")
