# Read by scripts.

output "cluster_name" {
  description = "For aws eks update-kubeconfig, and for the load balancer's controller."
  value       = aws_eks_cluster.this.name
}

output "cluster_endpoint" {
  description = "The API server."
  value       = aws_eks_cluster.this.endpoint
}

output "valkey_endpoint" {
  description = "The host of VALKEY_URL; of a durable Valkey the one that knows all nodes."
  value = (
    var.durable
    ? aws_elasticache_replication_group.this.configuration_endpoint_address
    : aws_elasticache_replication_group.this.primary_endpoint_address
  )
}

output "valkey_port" {
  description = "The port of VALKEY_URL."
  value       = local.valkey_port
}

output "valkey_user_name" {
  description = "The user of VALKEY_URL. Its password is set by a script."
  value       = aws_elasticache_user.server.user_name
}

output "valkey_wait_replicas" {
  description = "VALKEY_WAIT_REPLICAS of the server."
  value       = var.durable ? 1 : 0
}

output "pod_role_arn" {
  description = "The role of the server's pods."
  value       = aws_iam_role.pod["server"].arn
}

output "load_balancer_controller_role_arn" {
  description = "The role of the AWS Load Balancer Controller."
  value       = aws_iam_role.pod["load-balancer-controller"].arn
}

output "trusted_proxies" {
  description = "TRUSTED_PROXIES of the server: the subnets that only the load balancer is in."
  value       = local.base.load_balancer_subnet_cidrs
}
