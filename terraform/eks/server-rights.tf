# What the server calls, and nothing more: src/results/dynamodb and src/config/secrets_manager.rs. It neither makes nor
# changes tables (the base layer has made them), and it never scans games. A transaction needs the rights of its parts.
resource "aws_iam_role_policy" "server" {
  name = "tables-and-secrets"
  role = aws_iam_role.pod["server"].name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "LookAtTables"
        Effect   = "Allow"
        Action   = "dynamodb:DescribeTable"
        Resource = [for key in ["games", "identities", "users"] : local.base.table_arns[key]]
      },
      {
        Sid      = "Games"
        Effect   = "Allow"
        Action   = ["dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem"]
        Resource = local.base.table_arns["games"]
      },
      {
        Sid      = "GamesByPlayer"
        Effect   = "Allow"
        Action   = "dynamodb:Query"
        Resource = "${local.base.table_arns["games"]}/index/PlayerHistoryIndex"
      },
      {
        # The scan builds the leaderboards anew.
        Sid      = "Users"
        Effect   = "Allow"
        Action   = ["dynamodb:BatchGetItem", "dynamodb:Scan", "dynamodb:UpdateItem"]
        Resource = local.base.table_arns["users"]
      },
      {
        Sid      = "Identities"
        Effect   = "Allow"
        Action   = ["dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem"]
        Resource = local.base.table_arns["identities"]
      },
      {
        Sid      = "Secrets"
        Effect   = "Allow"
        Action   = "secretsmanager:GetSecretValue"
        Resource = values(local.base.secret_arns)
      },
    ]
  })
}
