# Empty containers: scripts put the values in, and none of them is ever in Terraform's state. The server reads them at its
# start, with the role of its pod.
locals {
  secrets = {
    session_keys = {
      name        = "overcookied/session-keys"
      description = "SESSION_KEYS: what sessions are signed with. Filled by scripts/rotate-keys."
    }
    google_client_secret = {
      name        = "overcookied/google-client-secret"
      description = "GOOGLE_CLIENT_SECRET, if players may sign in with Google. Filled by the operator."
    }
    github_client_secret = {
      name        = "overcookied/github-client-secret"
      description = "GITHUB_CLIENT_SECRET, if players may sign in with GitHub. Filled by the operator."
    }
    valkey_url = {
      name        = "overcookied/valkey-url"
      description = "VALKEY_URL with user and password. Filled by scripts/up, since each eks layer has a Valkey of its own."
    }
  }
}

resource "aws_secretsmanager_secret" "this" {
  #checkov:skip=CKV_AWS_149:encrypted with the key that AWS keeps for Secrets Manager, free; one of our own costs a dollar a month and would have the same readers
  #checkov:skip=CKV2_AWS_57:scripts/rotate-keys rotates; a function that does it by itself would have to restart pods, too
  for_each = local.secrets

  name        = each.value.name
  description = each.value.description

  # With a recovery window the name stays taken for a week or more after a destroy, and the next apply fails. All of them
  # can be made again: keys and passwords by a script, the providers' secrets at the provider.
  recovery_window_in_days = 0
}
