"""Settings and accounts that are wrong in some way: a clear word, and nothing is touched."""

from .scene import Scene
from .settings import ACCOUNT, BUCKET, DOMAIN

SCRIPTS = (
    "bootstrap-state",
    "build-and-push",
    "cost",
    "deploy",
    "destroy",
    "local-cluster",
    "rotate-keys",
    "up",
    "update-dns",
)
# Those that speak to AWS.
CLOUDY = tuple(name for name in SCRIPTS if name != "local-cluster")


class BadInput(Scene):
    """None of these gets as far as Terraform."""

    needs_terraform = False

    def test_every_script_explains_itself_and_refuses_what_it_does_not_know(self):
        for script in SCRIPTS:
            with self.subTest(script):
                self.says(self.succeeds(script, "--help"), f"./scripts/{script}", "again", "Needs ")
                refused = self.fails(script, "--no-such-option", status=2)
                self.says(refused, "--no-such-option", "--help")
                self.assertNotIn("stopped at", refused)

    def test_credentials_of_another_account_touch_nothing(self):
        self.stage.settings(AWS_ACCOUNT_ID="999999999999")
        for script in CLOUDY:
            with self.subTest(script):
                # Two look at the domain and the commit first.
                more = {"DOMAIN": DOMAIN}
                refused = self.fails(script, **more)
                self.says(refused, f"of account {ACCOUNT}", "AWS_ACCOUNT_ID is 999999999999", "AWS_PROFILE")
        self.assertEqual(self.changes(), [])

    def test_a_region_a_domain_or_an_account_that_cannot_be_is_refused_by_name(self):
        for name, value in {
            "AWS_REGION": "Frankfurt",
            "AWS_ACCOUNT_ID": "1234",
            "DOMAIN": "https://example.com/",
            "BUDGET_EMAIL": "nobody",
            "BUDGET_USD": "a lot",
            "GITHUB_REPOSITORY": "https://github.com/a/b",
            "DURABLE": "maybe",
        }.items():
            with self.subTest(name):
                self.stage.settings(**{name: value})
                self.says(self.fails("bootstrap-state"), f'{name} is "{value}"', "operator.env.example")
        self.assertEqual(self.cloud.tell("log"), [])

    def test_a_slip_in_the_file_of_settings_is_named_with_its_line(self):
        (self.stage.tree / "operator.env").write_text("# mine\nAWS_ACOUNT_ID=123456789012\n")
        self.says(self.fails("up"), "operator.env, line 2", "AWS_ACOUNT_ID", "AWS_ACCOUNT_ID")
        (self.stage.tree / "operator.env").write_text("export AWS_REGION\n")
        self.says(self.fails("up"), "line 1 is not NAME=VALUE")

    def test_a_variable_that_terraform_does_not_have_is_refused_by_name(self):
        for name, words in {
            "TF_VAR_node_count_maximum": ("no variable node_count_maximum", "node_count_max"),
            "TF_VAR_Node_count_max": ("no variable Node_count_max", "node_count_max"),
            "TF_VAR_domain": ("TF_VAR_domain is set by the scripts", "DOMAIN"),
        }.items():
            with self.subTest(name):
                self.stage.settings(**{name: "6"})
                self.says(self.fails("up"), "operator.env, line 4", *words)
        self.assertEqual(self.cloud.tell("log"), [])

    def test_the_example_of_settings_is_read_and_the_environment_wins(self):
        example = (self.stage.tree / "operator.env.example").read_text()
        filled = example.replace("AWS_ACCOUNT_ID=\n", f'AWS_ACCOUNT_ID="999999999999"  # not mine\n')
        (self.stage.tree / "operator.env").write_text(filled)
        self.says(self.fails("bootstrap-state"), "AWS_ACCOUNT_ID is 999999999999")
        self.says(self.succeeds("bootstrap-state", "--dry-run", AWS_ACCOUNT_ID=ACCOUNT), "it would be made")

    def test_without_credentials_it_says_where_they_come_from(self):
        refused = self.fails("up", AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY="")
        self.says(refused, "There are no credentials of AWS", "AWS_PROFILE")

    def test_credentials_that_have_expired_are_told_from_wrong_ones(self):
        self.cloud.refuse("sts.GetCallerIdentity", code="ExpiredToken", message="The security token is expired")
        self.says(self.fails("cost"), "expired. Sign in again")
        self.cloud.refuse("sts.GetCallerIdentity", code="InvalidClientTokenId", message="invalid")
        self.says(self.fails("cost"), "does not know these credentials")

    def test_credentials_that_cannot_use_the_cluster_are_refused_before_anything_is_made(self):
        self.cloud.tell("call_as", arn=f"arn:aws:iam::{ACCOUNT}:root")
        self.says(self.fails("up"), "credentials of the account itself (root)", "ADMIN_PRINCIPAL_ARN")
        self.assertEqual(self.changes(), [])

    def test_a_server_that_is_not_built_is_missed_before_anything_is_made(self):
        self.says(self.fails("up", OVERCOOKIED_BIN=""), "no overcookied program", "cargo build --release")
        self.assertEqual(self.changes(), [])

    def test_an_image_that_the_nodes_cannot_run_is_refused(self):
        for platforms in ("linux/amd64", "linux/arm", "linux/arm64/v8", ""):
            with self.subTest(platforms):
                refused = self.fails("build-and-push", "--platform", platforms, status=2)
                self.says(refused, "wants linux/arm64", "Graviton")
        self.assertEqual(self.cloud.tell("log"), [])

    def test_what_cannot_be_looked_at_is_not_taken_for_free(self):
        self.cloud.refuse("elasticache.DescribeReplicationGroups")
        self.says(self.fails("cost"), "lack a right: elasticache:DescribeReplicationGroups")

    def test_the_bash_is_looked_at_before_anything_else_is(self):
        for script in SCRIPTS:
            text = (self.stage.tree / "scripts" / script).read_text()
            lines = [line for line in text.splitlines() if line and not line.startswith("#")]
            self.assertTrue(lines[2].startswith("source scripts/operatelib/all.sh"), script)
        shared = (self.stage.tree / "scripts" / "operatelib" / "all.sh").read_text()
        self.assertRegex(shared, r"\A(#.*\n)*source scripts/operatelib/bash\.sh\n")
        old = self.stage.shell("source scripts/operatelib/bash.sh; refuse_old_bash 3 2; echo went on")
        self.assertEqual(old.status, 1)
        self.says(old.text, "bash 3.2", "4.4 or newer", "brew install bash")
        self.assertEqual(self.stage.shell("source scripts/operatelib/bash.sh; refuse_old_bash 4 4").status, 0)

    def test_without_an_address_for_the_alarm_nothing_is_brought_up(self):
        self.stage.settings(BUDGET_EMAIL="")
        self.says(self.fails("up"), "BUDGET_EMAIL", "somebody has to hear of it")

    def test_a_bucket_of_somebody_else_is_never_used(self):
        self.cloud.tell("somebody_elses_bucket", name=BUCKET)
        for script in ("bootstrap-state", "up", "destroy"):
            with self.subTest(script):
                self.says(self.fails(script), BUCKET, "not for us", "somebody else", "AWS_REGION")
        self.assertEqual(self.changes(), [])

    def test_a_bucket_that_somebody_takes_at_the_same_moment_is_refused_too(self):
        self.cloud.refuse(f"s3.:PUT /{BUCKET}$", code="BucketAlreadyExists", message="taken", status=409)
        self.says(self.fails("bootstrap-state"), "belongs to somebody else")

    def test_a_missing_right_is_named_and_the_next_run_finishes_the_bucket(self):
        self.cloud.refuse(f"s3.:PUT /{BUCKET}.policy", code="AccessDenied", status=403)
        refused = self.fails("bootstrap-state")
        self.says(refused, "AccessDenied", "lack a right", "stopped at: the bucket")
        self.says(self.succeeds("bootstrap-state", "--dry-run"), "its settings would be finished")
        self.succeeds("bootstrap-state")
        self.says(self.succeeds("bootstrap-state", "--dry-run"), "it is there and finished")

    def test_a_second_installation_in_another_region_has_to_be_meant(self):
        self.succeeds("bootstrap-state")
        refused = self.fails("bootstrap-state", AWS_REGION="eu-west-1")
        self.says(refused, "an installation in eu-central-1", "AWS_REGION is eu-west-1", "--another-region")
        self.says(self.succeeds("bootstrap-state", "--another-region", AWS_REGION="eu-west-1"), "made")

    def test_the_bucket_is_as_it_should_be_and_stays_so(self):
        self.succeeds("bootstrap-state")
        first = self.cloud.tell("bucket", name=BUCKET)
        self.assertEqual(first["versioning"], "Enabled")
        self.assertEqual(set(first["public_access"].values()), {True})
        self.assertEqual(first["encryption"], "AES256")
        [statement] = first["policy"]["Statement"]
        self.assertEqual((statement["Effect"], statement["Principal"]), ("Deny", "*"))
        self.assertEqual(statement["Condition"], {"Bool": {"aws:SecureTransport": "false"}})
        self.assertEqual(first["noncurrent_days"], 90)
        self.succeeds("bootstrap-state")
        self.assertEqual(self.cloud.tell("bucket", name=BUCKET), first)

    def test_looking_changes_nothing(self):
        self.says(self.succeeds("up", "--dry-run"), "it would be made")
        self.succeeds("bootstrap-state", "--dry-run")
        self.says(self.succeeds("destroy", "--dry-run"), "nothing: there is no bucket")
        self.says(self.succeeds("cost"), "nothing")
        self.assertEqual(self.changes(), [])

    def test_without_a_domain_there_is_no_record_to_write(self):
        self.says(self.succeeds("update-dns"), "DOMAIN is empty", "./scripts/deploy")

    def test_a_program_that_is_missing_is_named_before_anything_is_done(self):
        bare = self.stage.folder / "bare"
        bare.mkdir(exist_ok=True)
        for name in ("bash", "env", "dirname", "mktemp", "rm", "cat", "awk"):
            if not (bare / name).exists():
                (bare / name).symlink_to(f"/usr/bin/{name}")
        self.says(self.fails("deploy", PATH=str(bare)), "kubectl is missing", "aws is missing", "https://")
        self.assertEqual(self.cloud.tell("log"), [])
