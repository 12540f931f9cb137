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

run "users" {
  command = plan

  assert {
    condition     = aws_elasticache_replication_group.this.user_group_ids == toset(["overcookied"]) && aws_elasticache_user_group.this.user_ids == toset(["overcookied", "overcookied-nobody"])
    error_message = "only these"
  }

  assert {
    condition     = aws_elasticache_user.server.authentication_mode[0].type == "iam" && aws_elasticache_user.server.user_id == aws_elasticache_user.server.user_name
    error_message = "the server's user has no password that Terraform could know"
  }

  assert {
    condition     = strcontains(aws_elasticache_user.server.access_string, " ~overcookied:* ") && strcontains(aws_elasticache_user.server.access_string, " &overcookied:* ") && strcontains(aws_elasticache_user.server.access_string, " -@dangerous ")
    error_message = "its own keys and channels, and no command about the whole server"
  }

  assert {
    condition     = aws_elasticache_user.nobody.user_name == "default" && startswith(aws_elasticache_user.nobody.access_string, "off ")
    error_message = "who gives no name gets nowhere"
  }

  assert {
    condition     = output.valkey_user_name == "overcookied" && output.valkey_port == 6379
    error_message = "scripts are told"
  }
}
