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

# Each bad value is refused before anything is made, with a message of its own.

run "what_is_no_such_thing" {
  command = plan

  variables {
    region                = "Frankfurt"
    account_id            = "12345"
    state_bucket          = ""
    admin_principal_arn   = "arn:aws:iam::123456789012:root"
    api_allowed_cidrs     = ["203.0.113.7"]
    control_plane_logs    = ["everything"]
    kubernetes_version    = "1.12"
    node_instance_types   = ["t4g.medium", "t3.medium"]
    node_capacity_type    = "CHEAP"
    node_count_min        = 1
    valkey_engine_version = "7.0"
    valkey_node_type      = "t4g.micro"
    valkey_shards         = 17
  }

  expect_failures = [var.region, var.account_id, var.state_bucket, var.admin_principal_arn, var.api_allowed_cidrs, var.control_plane_logs, var.kubernetes_version, var.node_instance_types, var.node_capacity_type, var.node_count_min, var.valkey_engine_version, var.valkey_node_type, var.valkey_shards]
}

run "too_little" {
  command = plan

  variables {
    admin_principal_arn = "arn:aws:sts::123456789012:assumed-role/admin/me"
    api_allowed_cidrs   = []
    node_instance_types = ["t4g.small"]
    node_count_max      = 2
    valkey_shards       = 0
  }

  expect_failures = [var.admin_principal_arn, var.api_allowed_cidrs, var.node_instance_types, var.node_count_max, var.valkey_shards]
}

run "no_types_and_too_many_nodes" {
  command = plan

  variables {
    node_instance_types = []
    node_count_desired  = 9
  }

  expect_failures = [var.node_instance_types, var.node_count_desired]
}
