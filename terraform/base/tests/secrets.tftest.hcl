mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  region       = "eu-central-1"
  account_id   = "123456789012"
  budget_email = "operator@example.com"
}

run "four_empty_containers" {
  command = plan

  assert {
    condition = output.secret_names == {
      session_keys         = "overcookied/session-keys"
      google_client_secret = "overcookied/google-client-secret"
      github_client_secret = "overcookied/github-client-secret"
      valkey_url           = "overcookied/valkey-url"
    }
    error_message = "names are fixed: the server's settings hold them"
  }

  assert {
    condition     = alltrue([for secret in aws_secretsmanager_secret.this : secret.recovery_window_in_days == 0])
    error_message = "names are free again at once, so that what was destroyed can be made again"
  }
}
