# No password of use to anybody is in Terraform's state. The provider's version that this is checked with has no write-only
# password, so the server's user is made for sign-in by IAM, which no pod has the right to. scripts/up then gives it a
# password and puts that into the secret `overcookied/valkey-url`, and from then on the way of signing in is the script's.
resource "aws_elasticache_user" "server" {
  engine    = "valkey"
  user_id   = local.name # for IAM both names must be the same
  user_name = local.name

  # Its own keys and channels, and no command that looks at or changes the server as a whole, but for INFO, by which the
  # program sees at its start whether it can rely on this Valkey.
  access_string = "on ~overcookied:* resetchannels &overcookied:* +@all -@dangerous +info"

  authentication_mode {
    type = "iam"
  }

  lifecycle {
    ignore_changes = [authentication_mode, passwords]
  }
}

# A group has to have a user of the name that clients use who give none. This one is switched off and may do nothing, so
# the password that Valkey users have to have opens nothing.
resource "aws_elasticache_user" "nobody" {
  engine        = "valkey"
  user_id       = "${local.name}-nobody"
  user_name     = "default"
  access_string = "off -@all"

  authentication_mode {
    type      = "password"
    passwords = ["opens-nothing-since-the-user-is-off"]
  }

  # ElastiCache may say the same in other words.
  lifecycle {
    ignore_changes = [access_string]
  }
}

resource "aws_elasticache_user_group" "this" {
  engine        = "valkey"
  user_group_id = local.name
  user_ids      = [aws_elasticache_user.nobody.user_id, aws_elasticache_user.server.user_id]
}
