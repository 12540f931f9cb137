# Push an image and deploy it: nothing is made or destroyed here. What the role may do within the cluster is said in the eks
# layer. It reads no data and no secret itself; but whoever deploys decides what runs as the server, which may.
locals {
  # As scripts/bootstrap-state makes it.
  state_bucket = "arn:aws:s3:::overcookied-state-${var.account_id}-${var.region}"
}

resource "aws_iam_role_policy" "github" {
  count = local.github_count

  name = "push-and-deploy"
  role = aws_iam_role.github[0].name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat([
      {
        Sid      = "SignInToTheRegistry"
        Effect   = "Allow"
        Action   = "ecr:GetAuthorizationToken"
        Resource = "*" # AWS knows no narrower one for this action
      },
      {
        Sid    = "PushImages"
        Effect = "Allow"
        Action = [
          "ecr:BatchCheckLayerAvailability",
          "ecr:BatchGetImage",
          "ecr:CompleteLayerUpload",
          "ecr:DescribeImages",
          "ecr:GetDownloadUrlForLayer",
          "ecr:InitiateLayerUpload",
          "ecr:PutImage",
          "ecr:UploadLayerPart",
        ]
        Resource = aws_ecr_repository.this.arn
      },
      {
        Sid      = "FindTheCluster"
        Effect   = "Allow"
        Action   = "eks:DescribeCluster"
        Resource = "arn:aws:eks:${var.region}:${var.account_id}:cluster/overcookied"
      },
      {
        Sid      = "WatchTheLoadBalancer"
        Effect   = "Allow"
        Action   = ["elasticloadbalancing:DescribeLoadBalancers", "elasticloadbalancing:DescribeTags"]
        Resource = "*" # looking is not narrowed down by AWS
      },
      {
        # The outputs of both layers. There is no secret in the state.
        Sid      = "ReadTheState"
        Effect   = "Allow"
        Action   = "s3:GetObject"
        Resource = ["${local.state_bucket}/base.tfstate", "${local.state_bucket}/eks.tfstate"]
      },
      {
        Sid      = "FindTheState"
        Effect   = "Allow"
        Action   = "s3:ListBucket"
        Resource = local.state_bucket
      },
      {
        # Whether there is a value, not which one.
        Sid      = "SeeWhetherSecretsAreFilled"
        Effect   = "Allow"
        Action   = "secretsmanager:DescribeSecret"
        Resource = [for secret in aws_secretsmanager_secret.this : secret.arn]
      },
      ], [
      for certificate in aws_acm_certificate.this : {
        Sid      = "SeeWhetherTheCertificateIsIssued"
        Effect   = "Allow"
        Action   = "acm:DescribeCertificate"
        Resource = certificate.arn
      }
    ])
  })
}
