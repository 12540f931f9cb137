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

run "graviton_spot_nodes" {
  command = plan

  assert {
    condition     = aws_eks_node_group.this.ami_type == "AL2023_ARM_64_STANDARD" && aws_eks_node_group.this.capacity_type == "SPOT"
    error_message = "nodes are Graviton and cheap"
  }

  assert {
    condition     = aws_eks_node_group.this.instance_types[0] == "t4g.medium" && length(aws_eks_node_group.this.instance_types) >= 3
    error_message = "several types, so that there is one to be had"
  }

  assert {
    condition     = aws_eks_node_group.this.scaling_config[0].min_size == 2 && aws_eks_node_group.this.scaling_config[0].desired_size == 2 && aws_eks_node_group.this.scaling_config[0].max_size == 4
    error_message = "two nodes, with room for others to replace them"
  }

  assert {
    condition     = aws_eks_node_group.this.update_config[0].max_unavailable == 1 && aws_eks_node_group.this.node_repair_config[0].enabled
    error_message = "one goes at a time, and one that is broken is replaced"
  }

  assert {
    condition     = aws_launch_template.nodes.metadata_options[0].http_tokens == "required" && aws_launch_template.nodes.metadata_options[0].http_put_response_hop_limit == 1
    error_message = "metadata is for the node alone"
  }

  assert {
    condition     = toset([for attachment in aws_iam_role_policy_attachment.nodes : attachment.policy_arn]) == toset(["arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryPullOnly", "arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy"])
    error_message = "and a node may join and pull, and not change the network"
  }

  assert {
    condition     = aws_launch_template.nodes.block_device_mappings[0].ebs[0].encrypted == "true" && aws_launch_template.nodes.block_device_mappings[0].ebs[0].delete_on_termination == "true"
    error_message = "they are encrypted, and none stays behind"
  }
}

run "nodes_that_stay" {
  command = plan

  variables {
    node_capacity_type  = "ON_DEMAND"
    node_instance_types = ["m7g.xlarge"]
    node_count_desired  = 5
    node_count_max      = 8
  }

  assert {
    condition     = aws_eks_node_group.this.capacity_type == "ON_DEMAND" && aws_eks_node_group.this.scaling_config[0].desired_size == 5
    error_message = "what was asked for"
  }
}
