"""scripts/local-cluster: the same manifests on kind."""

from .scene import Scene


class Local(Scene):
    needs_terraform = False

    def test_it_starts_starts_again_and_goes(self):
        self.says(self.succeeds("local-cluster"), "http://localhost:8080")
        objects = self.stage.state_of("cluster")["objects"]
        self.assertIn("secret/overcookied/overcookied-session-keys", objects)
        again = self.succeeds("local-cluster")
        self.says(again, "== the cluster\nthere", "== the session keys\nthere")
        self.says(self.succeeds("local-cluster", "status"), "deployment")
        self.succeeds("local-cluster", "stop")
        self.says(self.fails("local-cluster", "status"), "it does not run")

    def test_the_manifests_can_be_looked_at(self):
        self.says(self.succeeds("local-cluster", "--dry-run"), "kind: Deployment")
        self.assertEqual(self.stage.state_of("kind"), {})
