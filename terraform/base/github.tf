# What a workflow of the repository may do, without a key that lies somewhere: GitHub vouches for it. Only jobs of the
# environment `production` get the role, so who may deploy is decided by that environment's rules at GitHub.
locals {
  github_count    = var.github_repository == "" ? 0 : 1
  github_issuer   = "token.actions.githubusercontent.com"
  github_provider = var.github_oidc_provider_arn != "" ? var.github_oidc_provider_arn : one(aws_iam_openid_connect_provider.github[*].arn)
}

resource "aws_iam_openid_connect_provider" "github" {
  count = var.github_oidc_provider_arn == "" ? local.github_count : 0

  url            = "https://${local.github_issuer}"
  client_id_list = ["sts.amazonaws.com"]
}

resource "aws_iam_role" "github" {
  count = local.github_count

  name                 = "overcookied-${var.region}-github"
  description          = "Workflows of ${var.github_repository} in the environment production: push images, deploy"
  max_session_duration = 3600

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = local.github_provider }
      Condition = {
        StringEquals = {
          "${local.github_issuer}:aud" = "sts.amazonaws.com"
          "${local.github_issuer}:sub" = "repo:${var.github_repository}:environment:production"
        }
      }
    }]
  })
}
