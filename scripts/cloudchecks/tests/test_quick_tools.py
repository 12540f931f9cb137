"""The checks that leave it to a program of others to find things."""

from __future__ import annotations

import pathlib

from ..alerts import check_alerts
from ..docker import check_dockerfile, made_of
from ..schemas import check_schemas
from ..shell import check_shell
from ..workflows import check_workflows
from .planted import Planted


class Shell(Planted):
    def test_a_script_that_quotes_nothing(self):
        script = self.tree.path("scripts/planted")
        script.write_text("#!/usr/bin/env bash\nrm -rf $1/x\n")
        self.finds(check_shell, "SC2086", "scripts/planted")

    def test_a_part_of_a_script_is_one_too(self):
        script = self.tree.path("scripts/planted.sh")
        script.write_text("# shellcheck shell=bash\ncd $where\n")
        self.finds(check_shell, "SC2086")


class Dockerfile(Planted):
    def test_what_hadolint_knows(self):
        self.change("Dockerfile", "apt-get install -y", "apt-get install")
        self.finds(check_dockerfile, "DL3014")

    def test_a_base_image_without_a_version(self):
        self.change("Dockerfile", "FROM gcr.io/distroless/cc-debian13:nonroot", "FROM gcr.io/distroless/cc-debian13")
        self.finds(check_dockerfile)

    def test_a_user_by_name(self):
        self.change("Dockerfile", "USER 65532:65532", "USER nonroot")
        self.finds(check_dockerfile, "DL3066")

    def test_nobody_in_particular(self):
        self.change("Dockerfile", "USER 65532:65532\n", "")
        self.finds(check_dockerfile, "is no number")

    def test_a_command_that_would_be_emulated(self):
        self.change("Dockerfile", "USER 65532:65532", "RUN mkdir /x\nUSER 65532:65532")
        self.finds(check_dockerfile, "emulated")

    def test_what_a_server_is_made_of_is_read_from_what_cargo_wrote(self):
        written = "/r/target/release/x: /r/src/a.rs /r/src/b\\ c.rs /home/other.rs\n"
        self.assertEqual(made_of(written, pathlib.Path("/r")), {"src/a.rs", "src/b c.rs"})


class Workflows(Planted):
    RELEASE = ".github/workflows/release.yml"

    def test_an_action_by_its_tag(self):
        text = self.tree.read(self.RELEASE)
        pinned = text[text.index("actions/checkout@") : text.index(" # v7")]
        self.change(self.RELEASE, pinned, "actions/checkout@v7.0.1")
        self.finds(check_workflows, "without the hash of a commit")

    def test_a_key_that_lasts(self):
        self.change(self.RELEASE, "role-duration-seconds: 3600", "aws-access-key-id: ${{ secrets.KEY }}")
        self.finds(check_workflows, "a key that lasts")

    def test_a_name_that_is_run(self):
        self.change(self.RELEASE, "run: ./scripts/deploy", "run: echo ${{ github.head_ref }}")
        self.finds(check_workflows, "template-injection")


class Schemas(Planted):
    def test_a_field_that_nobody_knows(self):
        self.change("k8s/base/server.yaml", "minReadySeconds: 5", "minReadySecond: 5")
        self.finds(check_schemas, "overlays/aws", "minReadySecond")

    def test_a_value_of_another_type(self):
        self.change("k8s/components/monitoring/prometheus.yaml", "replicas: 1", 'replicas: "one"')
        self.finds(check_schemas, "layers/local")

    def test_a_patch_that_meets_nothing(self):
        self.change("k8s/components/plain-http/kustomization.yaml", "ssl-policy", "ssl-policies")
        self.finds(check_schemas, "layers/http")

    def test_an_application_without_a_repository(self):
        self.change("k8s/components/argocd/application.yaml", "repoURL:", "repo:")
        self.finds(check_schemas, "Application overcookied has no spec.source.repoURL")


class Alerts(Planted):
    FILE = "k8s/components/monitoring/alerts.yml"

    def test_an_expression_that_is_none(self):
        self.change(self.FILE, "overcookied:rescues:5m > 10", "overcookied:rescues:5m >> 10")
        self.finds(check_alerts)

    def test_an_alert_that_does_not_fire_any_more(self):
        self.change(self.FILE, "overcookied:rescues:5m > 10", "overcookied:rescues:5m > 1000")
        self.finds(check_alerts, "OvercookiedTakeovers")

    def test_an_alert_that_fires_on_a_good_day(self):
        self.change(self.FILE, "overcookied_ws_connections > 16000", "overcookied_ws_connections > 100")
        self.finds(check_alerts, "FAILED")

    def test_an_alert_without_a_test_urgency_or_words(self):
        with open(self.tree.path(self.FILE), "a") as file:
            file.write("      - alert: OvercookiedUntold\n        expr: vector(0) > 1\n")
        self.finds(check_alerts, "tried by no test", "how urgent", "what it means")
