mock_provider "aws" {
  source = "./tests/mocks"
}

mock_provider "terraform" {
  source = "./tests/base"
}

variables {
  region              = "eu-central-1"
  account_id          = "123456789012"
  state_bucket        = "overcookied-state-123456789012-eu-central-1"
  admin_principal_arn = "arn:aws:iam::123456789012:role/admin"
}

run "a_cluster_in_standard_support" {
  variables {
    api_allowed_cidrs = ["203.0.113.7/32"]
  }

  assert {
    condition     = aws_eks_cluster.this.upgrade_policy[0].support_type == "STANDARD"
    error_message = "extended support costs six times as much, and is what one gets without asking"
  }

  assert {
    condition     = aws_eks_cluster.this.version == var.kubernetes_version && aws_eks_node_group.this.version == var.kubernetes_version
    error_message = "control plane and nodes have the same version"
  }

  assert {
    condition     = aws_eks_cluster.this.vpc_config[0].endpoint_private_access && aws_eks_cluster.this.vpc_config[0].public_access_cidrs == toset(["203.0.113.7/32"])
    error_message = "nodes reach it within the VPC, others from where they are allowed to"
  }

  assert {
    condition     = aws_eks_cluster.this.vpc_config[0].subnet_ids == toset(["subnet-public-a", "subnet-public-b"])
    error_message = "it is in two zones"
  }

  assert {
    condition     = aws_eks_cluster.this.enabled_cluster_log_types == toset(["authenticator"])
    error_message = "audit logs cost more than Valkey, so they are there when asked for"
  }

  assert {
    condition     = output.cluster_name == "overcookied" && startswith(output.cluster_endpoint, "https://")
    error_message = "where the cluster is"
  }

  assert {
    condition     = output.trusted_proxies == ["10.20.250.0/24", "10.20.251.0/24"]
    error_message = "only the load balancer is a proxy, neither nodes nor pods"
  }

  assert {
    condition     = output.pod_role_arn == aws_iam_role.pod["server"].arn && output.load_balancer_controller_role_arn == aws_iam_role.pod["load-balancer-controller"].arn
    error_message = "which roles pods have"
  }
}
