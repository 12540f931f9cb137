"""Where things are that the tests need, as scripts/cloud-test has found them."""

from __future__ import annotations

import os
import pathlib
import shutil

HERE = pathlib.Path(__file__).resolve().parent
REPOSITORY = HERE.parent.parent
ACCOUNT, REGION = "123456789012", "eu-central-1"
BUCKET = f"overcookied-state-{ACCOUNT}-{REGION}"
DOMAIN = "overcookied.example.com"
# The schemas of the version that terraform/eks makes.
KUBERNETES_SCHEMA = "1.36"


def with_fake_aws() -> str | None:
    """The program that replaces Terraform's AWS provider; None if there is none here."""
    path = os.environ.get("WITH_FAKE_AWS", "")
    return path if path and os.access(path, os.X_OK) else None


def why_skipped() -> str | None:
    """What is missing for the scenes in which Terraform runs."""
    if not with_fake_aws():
        return "WITH_FAKE_AWS names no with-fake-aws: Terraform's AWS provider cannot be replaced"
    if not shutil.which("terraform"):
        return "there is no terraform"
    return None
