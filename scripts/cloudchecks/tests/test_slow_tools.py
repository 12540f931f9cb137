"""The checks that take their time: checkov, and images that buildah puts together (as root)."""

from __future__ import annotations

import os
import pathlib
import tempfile
import unittest

from ..docker import check_context
from ..image import check_image
from ..policies import compare, gather, judge
from ..tree import SOURCES
from .planted import Planted

AS_ROOT = unittest.skipUnless(os.geteuid() == 0, "buildah needs root here")


class Policies(Planted):
    def test_what_is_unwise_is_found_in_all_three(self):
        self.change("Dockerfile", "USER 65532:65532", "USER root")
        self.change("k8s/base/server.yaml", "allowPrivilegeEscalation: false", "privileged: true")
        self.change("terraform/base/tables.tf", "point_in_time_recovery {", "lifecycle {")
        with tempfile.TemporaryDirectory() as folder:
            failed, _ = judge(gather(self.tree, pathlib.Path(folder)))
        told = "\n".join(compare(failed, []))
        for word in ("CKV_DOCKER_8", "CKV_K8S_16: Deployment.overcookied.overcookied", "CKV_AWS_28"):
            self.assertIn(word, told)


class Accepted(unittest.TestCase):
    ONE = {"check": "CKV_1", "resource": "Deployment.*", "why": "a reason that is long enough"}

    def test_what_is_accepted_is_not_told(self):
        self.assertEqual(list(compare({("CKV_1", "Deployment.x", "what")}, [self.ONE])), [])

    def test_what_is_not_accepted_is_told(self):
        self.assertEqual(len(list(compare({("CKV_2", "Deployment.x", "what")}, []))), 1)

    def test_what_is_accepted_and_not_there_any_more_is_told(self):
        self.assertIn("any more", "".join(compare(set(), [self.ONE])))

    def test_what_is_accepted_without_a_reason_is_told(self):
        without = {**self.ONE, "why": ""}
        self.assertIn("no reason", "".join(compare({("CKV_1", "Deployment.x", "what")}, [without])))


@AS_ROOT
class Context(Planted):
    more = (*SOURCES, "frontend")

    def test_a_source_that_is_ignored(self):
        with open(self.tree.path(".dockerignore"), "a") as file:
            file.write("src/shutdown.rs\nfrontend/package-lock.json\n")
        self.finds(check_context, "keeps frontend/package-lock.json")

    def test_something_that_has_no_business_there(self):
        self.tree.path("src/key.pem").write_text("secret")
        self.finds(check_context, "lets src/key.pem through")


@AS_ROOT
class Image(Planted):
    def test_an_image_of_root(self):
        self.change("Dockerfile", "USER 65532:65532\n", "")
        self.finds(check_image, "the image runs as root")

    def test_an_image_without_pages(self):
        self.change("Dockerfile", "WEB_DIR=/srv/pages", "WEB_DIR=/srv/www")
        self.finds(check_image, "the image has no pages")
