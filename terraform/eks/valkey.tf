# Live games, the queue, the outbox. The small one is a single node: what it has confirmed survives every pod, but not the
# node. The durable one is a cluster whose every shard has two replicas, over zones, and the server waits for one of them
# (VALKEY_WAIT_REPLICAS=1): with a single one, a node that is lost would pause its shard's games until there is another.
locals {
  # Names differ, so that changing `durable` makes a new one instead of asking ElastiCache for what it cannot do.
  valkey_name = var.durable ? "${local.name}-durable" : local.name
  valkey_port = 6379
}

resource "aws_elasticache_replication_group" "this" {
  #checkov:skip=CKV_AWS_191:encrypted with a key that AWS owns, free; games of a minute are not worth a dollar a month
  #checkov:skip=CKV2_AWS_50:one node is the cheap default; var.durable turns failover and Multi-AZ on
  replication_group_id = local.valkey_name
  description          = var.durable ? "Live games, kept by two nodes at least" : "Live games, one node"

  engine               = "valkey"
  engine_version       = var.valkey_engine_version
  node_type            = var.valkey_node_type
  port                 = local.valkey_port
  parameter_group_name = aws_elasticache_parameter_group.this.name

  cluster_mode               = var.durable ? "enabled" : "disabled"
  num_cache_clusters         = var.durable ? null : 1
  num_node_groups            = var.durable ? var.valkey_shards : null
  replicas_per_node_group    = var.durable ? 2 : null
  automatic_failover_enabled = var.durable
  multi_az_enabled           = var.durable

  subnet_group_name          = aws_elasticache_subnet_group.this.name
  security_group_ids         = [aws_security_group.valkey.id]
  user_group_ids             = [aws_elasticache_user_group.this.user_group_id]
  transit_encryption_enabled = true
  transit_encryption_mode    = "required"
  at_rest_encryption_enabled = true

  # A copy of last night's games is of no use to anybody; results are in DynamoDB.
  snapshot_retention_limit = 0

  # What an apply changes is changed when it ends, and not in some night to come. A version that AWS had raised by itself
  # would look like one to be lowered again, which takes a new Valkey.
  apply_immediately          = true
  auto_minor_version_upgrade = false
  maintenance_window         = "tue:03:00-tue:04:00"
}

resource "aws_elasticache_parameter_group" "this" {
  name        = "${local.valkey_name}-valkey${split(".", var.valkey_engine_version)[0]}"
  family      = "valkey${split(".", var.valkey_engine_version)[0]}"
  description = "Refuses writes when memory is full, instead of throwing away what was confirmed"

  # The server does not start with any other.
  parameter {
    name  = "maxmemory-policy"
    value = "noeviction"
  }

  dynamic "parameter" {
    for_each = var.durable ? ["yes"] : []
    content {
      name  = "cluster-enabled"
      value = parameter.value
    }
  }

  # A new major version needs the new group before the old one can go.
  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_elasticache_subnet_group" "this" {
  name        = local.name
  description = "Subnets without a way to the internet"
  subnet_ids  = local.base.data_subnet_ids
}

resource "aws_security_group" "valkey" {
  name        = "${local.name}-valkey"
  description = "Valkey: pods on the nodes of the cluster, nobody else"
  vpc_id      = local.base.vpc_id

  tags = { Name = "${local.name}-valkey" }
}

# Pods have the addresses and the security group of their node. Valkey itself opens no connection, so there is no rule for
# that direction.
resource "aws_vpc_security_group_ingress_rule" "valkey" {
  security_group_id            = aws_security_group.valkey.id
  referenced_security_group_id = aws_eks_cluster.this.vpc_config[0].cluster_security_group_id
  ip_protocol                  = "tcp"
  from_port                    = local.valkey_port
  to_port                      = local.valkey_port
  description                  = "Nodes and pods"
}
