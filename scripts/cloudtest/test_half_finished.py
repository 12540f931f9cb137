"""Runs of Terraform that end in the middle, and how the next one goes on."""

import re

from .scene import Scene

WRITES_EKS = "s3.:PUT /.*/eks.tfstate$|s3.:PUT /.*/eks.tfstate[?]"


class HalfFinished(Scene):
    def test_an_apply_that_fails_half_way_is_finished_by_the_next(self):
        self.given_the_base_is_up()
        failed = self.fails("up", fails="aws_eks_node_group")
        self.says(failed, "refused, as asked", "Run this again", "stopped at: the eks layer")
        finished = self.succeeds("up")
        self.says(finished, "session keys: there", "Apply complete!", "next:")
        [made] = re.findall(r"Plan: (\d+) to add, 0 to change, 0 to destroy", finished)
        self.assertLess(int(made), 10, "what was made the first time stays")

    def test_what_was_made_by_half_is_made_anew_without_a_question(self):
        self.given_it_is_up()
        self.succeeds("up", "--dry-run")
        # As Terraform itself does with what it could not make to the end.
        tainted = self.stage.shell("terraform -chdir=terraform/eks taint aws_eks_node_group.this")
        self.assertEqual(tainted.status, 0, tainted.text)
        finished = self.succeeds("up")
        self.says(finished, "made these by half", "  aws_eks_node_group.this", "Apply complete!", "1 destroyed")

    def test_a_user_of_valkey_that_cannot_be_looked_at_gets_no_new_password(self):
        self.given_it_is_up()
        self.cloud.refuse("elasticache.DescribeUsers")
        refused = self.fails("up")
        self.says(refused, "lack a right: elasticache:DescribeUsers", "stopped at: the password of Valkey")
        self.assertEqual(self.changes(), [])

    def test_a_killed_apply_leaves_a_lock_and_the_way_out_is_named(self):
        self.given_the_base_is_up()
        self.cloud.hold(WRITES_EKS)
        killed = self.stage.start("up")
        self.cloud.wait_until_held()
        self.stage.kill(killed)
        self.cloud.release(drop=True)
        locked = self.fails("up")
        self.says(locked, "The state of eks is locked", "since", "Nothing was changed", "make sure that nobody is at it")
        # The operator types what is named, as it is named.
        command = re.search(r"terraform -chdir=terraform/eks force-unlock \S+", locked)[0]
        unlocked = self.stage.shell(command, typed="yes\n")
        self.assertEqual(unlocked.status, 0, unlocked.text)
        self.says(self.succeeds("up"), "Apply complete!", "next:")

    def test_a_second_operator_at_the_same_time_is_told_who_is_at_it(self):
        self.given_the_base_is_up()
        self.cloud.hold(WRITES_EKS)
        first = self.stage.start("up")
        self.cloud.wait_until_held()
        second = self.fails("up")
        self.says(second, "The state of eks is locked", "by ", "If that run goes on: wait")
        self.cloud.release()
        self.assertEqual(self.stage.end(first).status, 0)
        self.says(self.succeeds("up"), "eks: nothing to change")

    def test_a_state_that_could_not_be_written_is_not_forgotten(self):
        self.given_the_base_is_up()
        self.cloud.refuse(WRITES_EKS, code="AccessDenied", status=403, times=0)
        failed = self.fails("up")
        self.says(failed, "errored.tfstate", "Do not lose that file")
        self.cloud.tell("mend")
        refused = self.fails("up")
        self.says(refused, "an earlier run could not write the state of eks")
        command = re.search(r"terraform -chdir=terraform/eks state push .*errored.tfstate", refused)[0]
        pushed = self.stage.shell(command)
        self.assertEqual(pushed.status, 0, pushed.text)
        self.says(self.succeeds("up"), "eks: nothing to change", "next:")

    def test_what_is_there_already_can_be_taken_over(self):
        self.given_the_base_is_up()
        # The provider of these tests cannot import; that it was asked to, by the right name, is what counts.
        asked = self.fails("up", "--adopt", "eks", "aws_iam_role.cluster", "overcookied-eu-central-1-cluster")
        self.says(asked, "aws_iam_role.cluster: Importing from ID \"overcookied-eu-central-1-cluster\"")
        self.says(self.fails("up", "--adopt", "eks", status=2), "LAYER ADDRESS NAME")
