"""The whole way of an operator: up, up again, deploy, deploy again, destroy, destroy again."""

import json

from .scene import Scene
from .settings import BUCKET


class UpAndDown(Scene):
    def test_the_whole_way_up_and_down_twice_each(self):
        first = self.succeeds("up")
        self.says(first, "session keys: made", "password of Valkey: made", "next:")
        self.the_pods_can_sign_in_to_valkey()
        self.cloud.tell("forget_log")
        self.says(self.succeeds("up", "--dry-run"), "No changes")
        again = self.succeeds("up")
        self.says(again, "base: nothing to change", "eks: nothing to change", "session keys: there", "as before")
        self.assertEqual(self.changes(), [], "up again changes nothing")

        image = self.succeeds("build-and-push").splitlines()[-1]
        self.assertRegex(image, r"^\S+@sha256:[0-9a-f]{64}$")
        self.says(self.succeeds("build-and-push"), "has an image already", image)
        self.assertEqual(len([call for call in self.stage.calls("docker") if "buildx build" in call]), 1)

        deployed = self.succeeds("deploy")
        address = deployed.splitlines()[-1]
        self.assertRegex(address, r"^http://k8s-overcook-\S+\.elb\.amazonaws\.com$")
        self.assertEqual(self.stage.state_of("cluster")["rollouts"], 1)
        redeployed = self.succeeds("deploy")
        self.assertEqual(redeployed.splitlines()[-1], address)
        self.assertNotIn("configured", redeployed, "deploying the same again changes nothing")
        self.assertEqual(self.stage.state_of("cluster")["rollouts"], 1)

        destroyed = self.succeeds("destroy", answers=["overcookied"])
        self.says(destroyed, "waiting until the load balancer is gone", "eks: nothing", "base: ")
        self.cloud.tell("forget_log")
        self.says(self.succeeds("destroy"), "eks: nothing")
        self.assertEqual(self.changes(), [], "destroying again changes nothing")

    def test_larger_sizes_in_the_file_of_settings_are_there_for_every_run(self):
        self.given_it_is_up()
        self.stage.settings(TF_VAR_node_count_max="6", TF_VAR_node_instance_types='["t4g.large","c7g.large"]')
        self.says(self.succeeds("up", answers=["eks"]), "Apply complete!")
        nodes = [each for each in self.resources("eks") if each["type"] == "aws_eks_node_group"]
        self.assertEqual(nodes[0]["instances"][0]["attributes"]["scaling_config"][0]["max_size"], 6)
        self.assertEqual(nodes[0]["instances"][0]["attributes"]["instance_types"], ["t4g.large", "c7g.large"])
        self.says(self.succeeds("up"), "eks: nothing to change")
        self.says(self.succeeds("up", "--dry-run", TF_VAR_node_count_max="7"), "= 6 -> 7")

    def test_files_that_terraform_wrote_for_everybody_are_to_be_committed(self):
        self.given_the_base_is_up()
        (self.stage.tree / "terraform" / "base" / ".terraform.lock.hcl").write_text("# by terraform init\n")
        self.says(self.succeeds("up", "--base"), "commit this file", ": terraform/base/.terraform.lock.hcl")
        self.stage.commit("lock files")
        self.assertNotIn("commit this file", self.succeeds("up", "--base"))

    def resources(self, layer: str) -> list[dict]:
        """As Terraform's state has them."""
        taken = self.cloud.tell("take", bucket=BUCKET)
        return json.loads(taken["states"][f"{layer}.tfstate"])["resources"]

    def the_pods_can_sign_in_to_valkey(self) -> None:
        """The URL in the secret names the user, the password that the user has, and the real host."""
        url = self.cloud.tell("secret", name="overcookied/valkey-url")
        [password] = self.cloud.tell("passwords", user="overcookied")
        self.assertRegex(password, "^[0-9a-f]{64}$")
        self.assertRegex(url, rf"^rediss://overcookied:{password}@\S+\.elasticache-replication-group\.\S+:6379$")
