"""scripts/build-and-push and scripts/deploy: what is built is what runs, and there is a way back."""

from .scene import Scene


class Building(Scene):
    def test_changes_that_are_not_committed_are_refused_unless_meant(self):
        self.given_it_is_up()
        (self.stage.tree / "src.rs").write_text("// new\n")
        self.says(self.fails("build-and-push"), "not committed", "src.rs", "--allow-dirty")
        self.assertEqual(self.stage.calls("docker"), [])
        image = self.succeeds("build-and-push", "--allow-dirty").splitlines()[-1]
        self.assertIn("@sha256:", image)
        [build] = [call for call in self.stage.calls("docker") if "buildx build" in call]
        self.assertIn(f":{self.stage.first_commit}-dirty-", build)
        self.says(self.fails("deploy"), "there is no image of commit")

    def test_lock_files_that_terraform_has_written_are_no_change_of_the_image(self):
        self.given_it_is_up()
        (self.stage.tree / "terraform" / "base" / ".terraform.lock.hcl").write_text("# by terraform init\n")
        self.says(self.succeeds("build-and-push", "--dry-run"), "would be built and pushed")
        self.assertEqual(self.stage.calls("docker"), [])
        self.assertEqual(self.changes(), [])

    def test_a_build_that_fails_says_what_it_may_be(self):
        self.given_it_is_up()
        self.stage.fault("buildx build", message="exec format error")
        self.says(self.fails("build-and-push"), "not built, or not pushed", "QEMU", "binfmt")

    def test_before_there_is_a_repository_it_says_what_makes_one(self):
        self.succeeds("bootstrap-state")
        self.says(self.fails("build-and-push"), "no image repository yet", "./scripts/up")
        self.says(self.fails("deploy"), "there is no cluster", "./scripts/up")


class Deploying(Scene):
    def test_the_pods_get_what_terraform_knows(self):
        self.given_it_runs()
        objects = self.stage.state_of("cluster")["objects"]
        [settings] = [each["data"] for key, each in objects.items() if key.startswith("configmap/overcookied/overc")]
        host = objects["ingress/overcookied/overcookied"]["status"]["loadBalancer"]["ingress"][0]["hostname"]
        self.assertEqual(settings["PUBLIC_URL"], f"http://{host}")
        self.assertEqual(settings["SESSION_KEYS"], "aws-secretsmanager:overcookied/session-keys")
        self.assertEqual(settings["VALKEY_URL"], "aws-secretsmanager:overcookied/valkey-url")
        self.assertEqual(settings["TRUSTED_PROXIES"], "10.20.250.0/24,10.20.251.0/24")
        self.assertEqual(settings["DYNAMODB_TABLE_PREFIX"], "Overcookied")
        self.assertNotIn("GOOGLE_CLIENT_ID", settings)
        policy = objects["networkpolicy/overcookied/overcookied"]["spec"]["ingress"][0]["from"]
        self.assertEqual([each["ipBlock"]["cidr"] for each in policy], ["10.20.250.0/24", "10.20.251.0/24"])
        annotations = objects["ingress/overcookied/overcookied"]["metadata"]["annotations"]
        self.assertEqual(annotations["alb.ingress.kubernetes.io/listen-ports"], '[{"HTTP": 80}]')

    def test_pods_are_started_anew_when_valkey_is_another_one(self):
        self.given_it_runs()
        url = self.cloud.tell("secret", name="overcookied/valkey-url")
        self.cloud.tell("put_secret", name="overcookied/valkey-url", value=url.replace(".elasticache", ".another"))
        self.succeeds("deploy")
        self.assertEqual(self.stage.state_of("cluster")["rollouts"], 2)

    def test_a_rollout_that_fails_names_the_way_back_and_it_leads_there(self):
        image = self.given_it_runs()
        other = self.given_another_image()
        self.stage.fault("rollout status", message="exceeded its progress deadline")
        failed = self.fails("deploy")
        self.says(failed, "What the pods say", "those before go on serving", f"./scripts/deploy --image {image}")
        self.says(self.succeeds("deploy", "--image", image), image, "successfully rolled out")
        deployment = self.stage.state_of("cluster")["objects"]["deployment/overcookied/overcookied"]
        self.assertEqual(deployment["spec"]["template"]["spec"]["containers"][0]["image"], image)
        self.assertNotEqual(image, other)

    def test_the_way_back_is_said_before_anything_is_changed(self):
        image = self.given_it_runs()
        self.given_another_image()
        deployed = self.succeeds("deploy")
        self.assertLess(deployed.index(f"running now: {image}"), deployed.index("== the load balancer"))

    def test_an_image_without_a_digest_is_refused(self):
        for image in ("overcookied:latest", "overcookied", "overcookied@sha256:abc"):
            self.says(self.fails("deploy", "--image", image, status=2), "REPOSITORY@sha256:DIGEST")

    def test_saying_what_would_change_changes_nothing(self):
        self.given_it_is_up()
        self.succeeds("build-and-push")
        self.cloud.tell("forget_log")
        self.says(self.succeeds("deploy", "--dry-run"), "everything would be new", "deployment/overcookied")
        self.assertEqual(self.stage.state_of("cluster").get("objects", {}), {})
        self.assertEqual(self.stage.calls("helm"), [])
        self.assertEqual(self.changes(), [])

    def test_the_same_again_is_no_difference(self):
        self.given_it_runs()
        self.says(self.succeeds("deploy", "--dry-run"), "nothing")

    def test_a_provider_s_secret_that_is_missing_is_asked_for_before_any_pod_is(self):
        self.given_it_runs()
        self.stage.settings(GOOGLE_CLIENT_ID="me.apps.example.com")
        refused = self.fails("deploy")
        self.says(refused, "overcookied/google-client-secret is empty", "put-secret-value")
        self.cloud.tell("put_secret", name="overcookied/google-client-secret", value="s3cret")
        self.says(self.succeeds("deploy"), "configmap/overcookied-")

    def test_a_helm_that_was_interrupted_is_told_from_one_that_fails(self):
        self.given_it_runs()
        self.stage.fault("helm", message="another operation (install/upgrade/rollback) is in progress")
        self.says(self.fails("deploy"), "helm --namespace kube-system rollback", "run this again")

    def test_a_cluster_that_lets_nobody_in_says_who_may(self):
        self.given_it_runs()
        self.stage.fault("get deployments", message="You must be logged in to the server (Unauthorized)")
        self.says(self.fails("deploy"), "Unauthorized", "ADMIN_PRINCIPAL_ARN", "API_ALLOWED_CIDRS")

    def test_a_workflow_that_may_change_the_game_alone_leaves_everything_else_as_it_is(self):
        self.given_it_runs()
        other = self.given_another_image()
        self.stage.fault("auth can-i", message="no")
        self.cloud.refuse("secretsmanager.GetSecretValue", times=0)
        self.cloud.refuse("iam.", times=0)
        deployed = self.succeeds("deploy", "--image", other)
        self.says(deployed, "left as it is", "deployment/overcookied configured")
        self.assertNotIn("namespace/", deployed)
        self.assertEqual(self.stage.calls("helm"), [])

    def test_a_valkey_that_has_no_password_yet_is_waited_for(self):
        self.given_the_base_is_up()
        self.cloud.refuse("elasticache.ModifyUser")
        self.says(self.fails("up"), "lack a right: elasticache:ModifyUser", "stopped at: the password of Valkey")
        self.cloud.tell("forget_secret", name="overcookied/valkey-url")
        self.fails("up", AWS_ENDPOINT_URL_ELASTICACHE="http://127.0.0.1:9")
        self.succeeds("build-and-push")
        self.says(self.fails("deploy"), "not written down where Valkey is", "./scripts/up again")
        self.succeeds("up")
        self.succeeds("deploy")

    def test_a_balancer_that_does_not_come_says_where_to_look(self):
        self.given_it_is_up()
        self.succeeds("build-and-push")
        self.cloud.tell("fault", match="CreateLoadBalancer", do="refuse", times=0)
        stuck = self.fails("deploy", BALANCER_MINUTES="0")
        self.says(stuck, "there is no load balancer after", "logs deployment/aws-load-balancer-controller")
