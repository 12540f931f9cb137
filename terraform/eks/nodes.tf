resource "aws_eks_node_group" "this" {
  cluster_name           = aws_eks_cluster.this.name
  node_group_name_prefix = "graviton-"
  node_role_arn          = aws_iam_role.nodes.arn
  subnet_ids             = local.base.public_subnet_ids
  version                = var.kubernetes_version

  ami_type       = "AL2023_ARM_64_STANDARD"
  capacity_type  = var.node_capacity_type
  instance_types = var.node_instance_types

  scaling_config {
    min_size     = var.node_count_min
    desired_size = var.node_count_desired
    max_size     = var.node_count_max
  }

  # A new version replaces one node after the other; their games move.
  update_config {
    max_unavailable = 1
  }

  # A node that does not answer is replaced, not only mourned.
  node_repair_config {
    enabled = true
  }

  launch_template {
    id      = aws_launch_template.nodes.id
    version = aws_launch_template.nodes.latest_version
  }

  # Other types of nodes make another group. It has to be there before the old one's nodes drain, or no pod would be.
  lifecycle {
    create_before_destroy = true
  }

  depends_on = [
    aws_iam_role_policy_attachment.nodes,
    # Without them a node never gets ready.
    aws_eks_addon.vpc_cni,
    aws_eks_addon.before_nodes,
  ]
}

# Security groups are not named here: EKS then gives nodes the one of the cluster, which lets in only its own members and
# whatever the load balancer's controller adds for pods.
resource "aws_launch_template" "nodes" {
  name                   = "${local.name}-nodes"
  update_default_version = true

  # Tokens only, and one hop: no pod gets the node's credentials.
  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }

  block_device_mappings {
    device_name = "/dev/xvda"

    ebs {
      volume_type           = "gp3"
      volume_size           = 20
      encrypted             = true
      delete_on_termination = true
    }
  }

  dynamic "tag_specifications" {
    for_each = toset(["instance", "network-interface", "volume"])
    content {
      resource_type = tag_specifications.value
      tags          = { Name = "${local.name}-node", Project = local.name, Layer = "eks" }
    }
  }
}

resource "aws_iam_role" "nodes" {
  name        = "${local.name}-${var.region}-nodes"
  description = "Nodes: join the cluster, pull images. What pods may do is in roles of their own"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ec2.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy_attachment" "nodes" {
  for_each = toset(["AmazonEC2ContainerRegistryPullOnly", "AmazonEKSWorkerNodePolicy"])

  role       = aws_iam_role.nodes.name
  policy_arn = "arn:aws:iam::aws:policy/${each.key}"
}
