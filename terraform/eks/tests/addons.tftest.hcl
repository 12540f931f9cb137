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

run "addons" {
  assert {
    condition     = toset(concat([aws_eks_addon.vpc_cni.addon_name], keys(aws_eks_addon.before_nodes), keys(aws_eks_addon.after_nodes))) == toset(["vpc-cni", "kube-proxy", "coredns", "eks-pod-identity-agent", "metrics-server"])
    error_message = "all that the cluster needs, and nothing else"
  }

  assert {
    condition     = !aws_eks_cluster.this.bootstrap_self_managed_addons
    error_message = "none of them twice"
  }

  assert {
    condition     = jsondecode(aws_eks_addon.vpc_cni.configuration_values).enableNetworkPolicy == "true"
    error_message = "NetworkPolicies are only paper without it"
  }

  assert {
    condition     = [for association in aws_eks_addon.vpc_cni.pod_identity_association : association.service_account] == ["aws-node"]
    error_message = "the network's rights come by Pod Identity"
  }

  assert {
    condition     = alltrue([for addon in merge({ vpc-cni = aws_eks_addon.vpc_cni }, aws_eks_addon.before_nodes, aws_eks_addon.after_nodes) : addon.addon_version == "v1.2.3-eksbuild.4"])
    error_message = "versions are those that AWS has tested"
  }
}
