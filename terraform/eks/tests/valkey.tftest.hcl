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

run "small_and_cheap" {
  assert {
    condition     = aws_elasticache_replication_group.this.node_type == "cache.t4g.micro" && aws_elasticache_replication_group.this.num_cache_clusters == 1
    error_message = "one small node"
  }

  assert {
    condition     = aws_elasticache_replication_group.this.cluster_mode == "disabled" && !aws_elasticache_replication_group.this.automatic_failover_enabled && !aws_elasticache_replication_group.this.multi_az_enabled
    error_message = "nothing to fail over to"
  }

  assert {
    condition     = output.valkey_endpoint == "master.overcookied.abc.euc1.cache.amazonaws.com" && output.valkey_wait_replicas == 0
    error_message = "the server asks this node and waits for no replica"
  }

  assert {
    condition     = { for parameter in aws_elasticache_parameter_group.this.parameter : parameter.name => parameter.value } == { maxmemory-policy = "noeviction" }
    error_message = "the server does not start with another policy"
  }

  assert {
    condition     = aws_elasticache_parameter_group.this.family == "valkey8" && aws_elasticache_replication_group.this.parameter_group_name == aws_elasticache_parameter_group.this.name
    error_message = "the parameters are used"
  }

  assert {
    condition     = aws_elasticache_replication_group.this.transit_encryption_enabled && aws_elasticache_replication_group.this.transit_encryption_mode == "required" && aws_elasticache_replication_group.this.at_rest_encryption_enabled == "true"
    error_message = "TLS or nothing"
  }

  assert {
    condition     = aws_elasticache_subnet_group.this.subnet_ids == toset(["subnet-data-a", "subnet-data-b"])
    error_message = "it is where no way leads out"
  }

  assert {
    condition     = aws_vpc_security_group_ingress_rule.valkey.referenced_security_group_id == "sg-00000000000cafe00" && aws_vpc_security_group_ingress_rule.valkey.from_port == 6379 && aws_vpc_security_group_ingress_rule.valkey.to_port == 6379
    error_message = "nodes and pods come in at one port"
  }
}

run "durable" {
  variables {
    durable       = true
    valkey_shards = 3
  }

  assert {
    condition     = aws_elasticache_replication_group.this.cluster_mode == "enabled" && aws_elasticache_replication_group.this.num_node_groups == 3 && aws_elasticache_replication_group.this.replicas_per_node_group == 2
    error_message = "three shards, each with two replicas"
  }

  assert {
    condition     = aws_elasticache_replication_group.this.automatic_failover_enabled && aws_elasticache_replication_group.this.multi_az_enabled
    error_message = "in another zone, ready to take over"
  }

  assert {
    condition     = aws_elasticache_replication_group.this.replication_group_id == "overcookied-durable"
    error_message = "it is another one than the small one"
  }

  assert {
    condition     = { for parameter in aws_elasticache_parameter_group.this.parameter : parameter.name => parameter.value } == { cluster-enabled = "yes", maxmemory-policy = "noeviction" }
    error_message = "a cluster that throws away nothing"
  }

  assert {
    condition     = startswith(output.valkey_endpoint, "clustercfg.") && output.valkey_wait_replicas == 1
    error_message = "the server asks for all nodes, and waits for one replica"
  }
}

run "another_major_version" {
  command = plan

  variables {
    valkey_engine_version = "9.0"
  }

  assert {
    condition     = aws_elasticache_parameter_group.this.family == "valkey9" && aws_elasticache_parameter_group.this.name == "overcookied-valkey9"
    error_message = "it has parameters of its own"
  }
}
