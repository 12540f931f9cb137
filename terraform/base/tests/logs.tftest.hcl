mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  region       = "eu-central-1"
  account_id   = "123456789012"
  budget_email = "operator@example.com"
}

run "logs_do_not_stay_for_ever" {
  command = plan

  assert {
    condition     = aws_cloudwatch_log_group.control_plane.name == "/aws/eks/overcookied/cluster" && aws_cloudwatch_log_group.control_plane.retention_in_days == 7
    error_message = "the group that EKS writes into is ours, and forgets"
  }
}
