"""scripts/rotate-keys: a new key signs, and nobody is signed out on the way."""

from .scene import Scene


class RotateKeys(Scene):
    def keys_of_pods(self) -> list[list[str]]:
        """The keys that the pods of each rollout have read, the oldest rollout first."""
        return self.stage.state_of("cluster")["keys_read"]

    def nobody_is_signed_out(self) -> None:
        """While pods of two rollouts run beside each other, each knows the key that the other signs with."""
        generations = self.keys_of_pods()
        for old, new in zip(generations, generations[1:]):
            self.assertIn(new[0], old, "the pods before know the key that the new ones sign with")
            self.assertIn(old[0], new, "the new pods know the key that those before have signed with")

    def test_a_rotation_signs_nobody_out(self):
        self.given_it_runs()
        [before] = self.keys_of_pods()
        rotated = self.succeeds("rotate-keys")
        self.says(rotated, "signs.", "verifies.", "announcing the new key", "signing with the new key")
        self.nobody_is_signed_out()
        self.assertEqual(len(self.keys_of_pods()), 3, "the pods were restarted twice")
        after = self.keys_of_pods()[-1]
        self.assertNotEqual(after[0], before[0])
        self.assertEqual(after[1:], before)
        self.assertEqual(self.keys(), after)
        self.assertNotIn("PRIVATE", rotated)

    def test_a_restart_that_fails_is_finished_before_the_new_key_signs(self):
        self.given_it_runs()
        self.stage.fault("rollout status", message="exceeded its progress deadline")
        self.says(self.fails("rotate-keys"), "progress deadline", "not all pods are new", "run this again")
        self.succeeds("rotate-keys")
        self.nobody_is_signed_out()
        self.assertEqual(len(self.keys()), 2)
        self.assertEqual(self.keys_of_pods()[-1], self.keys())

    def test_a_rotation_that_ended_before_its_last_restart_is_finished_and_not_begun_anew(self):
        self.given_it_runs()
        self.stage.fault("patch deployment", after=1, message="the server is away")
        self.says(self.fails("rotate-keys"), "the server is away", "Nobody is signed out by this")
        keys = self.keys()
        self.says(self.succeeds("rotate-keys"), "finishing the rotation that was interrupted")
        self.assertEqual(self.keys(), keys)
        self.assertEqual(self.keys_of_pods()[-1], keys)
        self.nobody_is_signed_out()

    def test_after_a_leak_the_old_keys_are_dropped_last(self):
        self.given_it_runs()
        [before] = self.keys_of_pods()
        self.succeeds("rotate-keys", "--leaked")
        self.assertEqual(len(self.keys()), 1)
        self.assertNotIn(before[0], self.keys())
        self.assertEqual(self.keys_of_pods()[-1], self.keys())
        self.assertEqual(len(self.keys_of_pods()), 4)

    def test_without_a_cluster_the_secret_alone_changes(self):
        self.given_the_base_is_up()
        before = self.keys()
        self.says(self.succeeds("rotate-keys"), "no pod has to be restarted")
        self.assertEqual(self.keys()[1:], before)

    def test_saying_what_would_be_done_changes_nothing(self):
        self.given_it_runs()
        self.says(self.succeeds("rotate-keys", "--dry-run"), "would be announced")
        self.assertEqual(self.changes(), [])
        self.assertEqual(len(self.keys_of_pods()), 1)

    def test_keys_that_somebody_else_changes_meanwhile_are_not_overwritten(self):
        self.given_it_runs()
        [key] = self.keys()
        # Between reading them and writing them down they are looked at once more.
        self.cloud.hold("secretsmanager.GetSecretValue", after=1)
        process = self.stage.start("rotate-keys")
        self.cloud.wait_until_held()
        self.cloud.tell("put_secret", name="overcookied/session-keys", value=f"{key}\n# by somebody else\n")
        self.cloud.release()
        ended = self.stage.end(process)
        self.assertEqual(ended.status, 1, ended.text)
        self.says(ended.text, "somebody else has just changed the keys")
        self.assertEqual(self.keys(), [key])

    def test_pods_can_be_told_to_read_keys_that_were_changed_by_hand(self):
        self.given_it_runs()
        [key] = self.keys()
        self.cloud.tell("put_secret", name="overcookied/session-keys", value=f"{key}\n# by hand\n")
        self.succeeds("rotate-keys", "--restart")
        self.assertEqual(len(self.keys_of_pods()), 2)
        self.assertEqual(self.keys(), [key])

    def test_pods_that_are_told_again_are_restarted_again(self):
        self.given_it_runs()
        for restarts in (1, 2):
            self.succeeds("rotate-keys", "--restart")
            self.assertEqual(len(self.keys_of_pods()), 1 + restarts)

    def test_a_cluster_that_does_not_answer_is_not_taken_for_an_empty_one(self):
        self.given_it_runs()
        keys = self.keys()
        self.stage.fault("get deployment/overcookied", message="the server is away")
        self.says(self.fails("rotate-keys"), "the server is away", "stopped at: the keys as they are")
        self.assertEqual(self.keys(), keys)
