resource "aws_eks_cluster" "this" {
  #checkov:skip=CKV_AWS_339:its list ends before 1.36; kubernetes-versions.tf looks at the dates, in each plan and test
  #checkov:skip=CKV_AWS_37:audit and api logs cost more than Valkey does; var.control_plane_logs turns them on
  #checkov:skip=CKV_AWS_38:GitHub's runners have no addresses that could be listed, and each call needs a token of IAM; var.api_allowed_cidrs narrows it down
  #checkov:skip=CKV_AWS_39:the same: without a public endpoint, scripts and workflows would need a machine in the VPC
  #checkov:skip=CKV_AWS_58:EKS encrypts all objects with a key that AWS owns since 1.28, free; there are no secrets of ours among them
  name     = local.name
  version  = var.kubernetes_version
  role_arn = aws_iam_role.cluster.arn

  # Never 0.60 USD an hour for an old version: at the end of standard support AWS upgrades.
  upgrade_policy {
    support_type = "STANDARD"
  }

  # Who may do what is in access.tf and nowhere else: no aws-auth, and no rights for whoever happened to make the cluster.
  access_config {
    authentication_mode                         = "API"
    bootstrap_cluster_creator_admin_permissions = false
  }

  vpc_config {
    subnet_ids              = local.base.public_subnet_ids
    endpoint_private_access = true # nodes talk to it within the VPC
    endpoint_public_access  = true
    public_access_cidrs     = var.api_allowed_cidrs
  }

  # They come as add-ons, whose versions are managed.
  bootstrap_self_managed_addons = false

  # They go to a group of the base layer.
  enabled_cluster_log_types = var.control_plane_logs

  lifecycle {
    precondition {
      condition     = local.base.account_id == var.account_id && local.base.region == var.region
      error_message = "The base layer in ${var.state_bucket} is in account ${local.base.account_id}, region ${local.base.region}, and this is to be in ${var.account_id}, ${var.region}: account_id, region and state_bucket do not belong together."
    }
  }

  # Without its rights it cannot clean up when it goes.
  depends_on = [aws_iam_role_policy_attachment.cluster]
}

resource "aws_iam_role" "cluster" {
  name        = "${local.name}-${var.region}-cluster"
  description = "The control plane"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "eks.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy_attachment" "cluster" {
  role       = aws_iam_role.cluster.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy"
}
