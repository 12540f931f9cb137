"""What Terraform says when it fails, and what is made of it. Its words are from runs against AWS."""

import subprocess
import tempfile
import unittest

from .settings import REPOSITORY

LOCKED = """
╷
│ Error: Error acquiring the state lock
│
│ Error message: operation error S3: PutObject, https response error StatusCode: 412, PreconditionFailed
│ Lock Info:
│   ID:        a4b51d13-0fc2-4ac1-9d4d-06cbbea2ab6c
│   Path:      overcookied-state-123456789012-eu-central-1/eks.tfstate
│   Operation: OperationTypeApply
│   Who:       ada@laptop
│   Version:   1.11.4
│   Created:   2026-11-20 20:11:40.123 +0000 UTC
│   Info:
╵
"""
ORPHAN = """
│ Error: creating IAM Role (overcookied-eu-central-1-nodes): operation error IAM: CreateRole, https response error
│ StatusCode: 409, RequestID: 0, EntityAlreadyExists: Role with name overcookied-eu-central-1-nodes already exists.
│
│   with aws_iam_role.nodes,
│   on nodes.tf line 80, in resource "aws_iam_role" "nodes":
"""
DENIED = """
│ Error: creating EKS Cluster (overcookied): operation error EKS: CreateCluster, StatusCode: 403, AccessDeniedException:
│ User: arn:aws:iam::123456789012:user/ada is not authorized to perform: eks:CreateCluster on resource: arn:aws:eks
"""
HANGING = """
│ Error: deleting EC2 Subnet (subnet-1): StatusCode: 400, api error DependencyViolation: The subnet 'subnet-1' has
│ dependencies and cannot be deleted.
"""
NO_QUOTA = """
│ Error: waiting for EKS Node Group (overcookied:nodes) create: unexpected state 'CREATE_FAILED', wanted target 'ACTIVE'.
│ last error: eks-nodes-1: AsgInstanceLaunchFailures: {}. Launching EC2 instance failed.
"""
SPOT = NO_QUOTA.format("Could not launch Spot Instances. MaxSpotInstanceCountExceeded - Max spot instance count exceeded")
PROCESSORS = NO_QUOTA.format("VcpuLimitExceeded - You have requested more vCPU capacity than your current vCPU limit")
CAPACITY = NO_QUOTA.format("Could not launch Spot Instances. InsufficientInstanceCapacity - There is no Spot capacity")
FREE_PLAN = NO_QUOTA.format("InvalidParameterCombination - The specified instance type is not eligible for Free Tier")
ANOTHER_QUOTA = """
│ Error: creating EC2 VPC: operation error EC2: CreateVpc, https response error StatusCode: 400, api error
│ VpcLimitExceeded: The maximum number of VPCs has been reached.
"""


class Words(unittest.TestCase):
    def explain(self, said: str) -> str:
        with tempfile.NamedTemporaryFile("w") as log:
            log.write(said)
            log.flush()
            script = f"source scripts/operatelib/all.sh; AWS_REGION=eu-central-1; explain_terraform eks {log.name}"
            done = subprocess.run(["bash", "-c", script], cwd=REPOSITORY, capture_output=True, text=True)
        return done.stderr

    def says(self, said: str, *words: str) -> None:
        text = self.explain(said)
        for each in words:
            self.assertIn(each, text)

    def test_a_lock_is_explained_by_who_holds_it_and_the_command_that_takes_it_away(self):
        self.says(
            LOCKED,
            "locked: Apply by ada@laptop, since 2026-11-20 20:11:40",
            "terraform -chdir=terraform/eks force-unlock a4b51d13-0fc2-4ac1-9d4d-06cbbea2ab6c",
        )

    def test_an_orphaned_role_can_be_taken_over_or_deleted(self):
        self.says(
            ORPHAN,
            "./scripts/up --adopt eks aws_iam_role.nodes NAME",
            "aws iam detach-role-policy",
            "aws iam delete-role --role-name NAME",
        )

    def test_a_missing_right_is_named(self):
        self.says(DENIED, "lack a right: eks:CreateCluster", "Run this again")

    def test_what_hangs_on_a_network_is_looked_for(self):
        self.says(HANGING, "aws ec2 describe-network-interfaces --region eu-central-1", "run this again")

    def test_a_quota_is_told_by_its_number_and_how_it_is_raised(self):
        ask = "aws service-quotas request-service-quota-increase --region eu-central-1 --service-code ec2"
        self.says(SPOT, ask, "--quota-code L-34B43A08", "TF_VAR_node_capacity_type=ON_DEMAND", "Run this again")
        self.says(PROCESSORS, ask, "--quota-code L-1216C47A", "Run this again")
        self.says(ANOTHER_QUOTA, "under Service Quotas", "Run this again")

    def test_machines_that_aws_does_not_have_or_not_for_this_account_are_told_apart(self):
        self.says(CAPACITY, "no such machines left", "TF_VAR_node_instance_types=", "Run this again")
        self.says(FREE_PLAN, "the free plan", "paid", "under Billing")

    def test_everything_else_can_be_run_again(self):
        self.says("│ Error: timeout while waiting for state", "Run this again")
