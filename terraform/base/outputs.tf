# Read by the eks layer and by scripts.

output "region" {
  description = "Where everything is."
  value       = var.region
}

output "account_id" {
  description = "Whose it is."
  value       = var.account_id
}

output "vpc_id" {
  description = "The network."
  value       = aws_vpc.this.id
}

output "vpc_cidr" {
  description = "All addresses of the network."
  value       = aws_vpc.this.cidr_block
}

output "public_subnet_ids" {
  description = "Subnets of nodes and pods, one in each zone."
  value       = [for zone in local.zone_names : aws_subnet.public[zone].id]
}

output "public_subnet_cidrs" {
  description = "Addresses of nodes and pods."
  value       = [for zone in local.zone_names : aws_subnet.public[zone].cidr_block]
}

output "load_balancer_subnet_ids" {
  description = "Subnets that only the load balancer is in, one in each zone."
  value       = [for zone in local.zone_names : aws_subnet.load_balancer[zone].id]
}

output "load_balancer_subnet_cidrs" {
  description = "Addresses of the load balancer."
  value       = [for zone in local.zone_names : aws_subnet.load_balancer[zone].cidr_block]
}

output "data_subnet_ids" {
  description = "Subnets without a way to the internet, one in each zone."
  value       = [for zone in local.zone_names : aws_subnet.data[zone].id]
}

output "repository_url" {
  description = "Where images are pushed to."
  value       = aws_ecr_repository.this.repository_url
}

output "table_prefix" {
  description = "DYNAMODB_TABLE_PREFIX of the server."
  value       = var.table_prefix
}

output "table_names" {
  description = "The tables of the results: games, users, identities."
  value       = { for key, table in aws_dynamodb_table.this : key => table.name }
}

output "table_arns" {
  description = "The same tables, for policies."
  value       = { for key, table in aws_dynamodb_table.this : key => table.arn }
}

output "domain" {
  description = "The name players use; empty without one."
  value       = var.domain
}

output "zone_id" {
  description = "The domain's zone; null without a domain."
  value       = one(aws_route53_zone.this[*].zone_id)
}

output "zone_name_servers" {
  description = "What has to be named as name servers where the domain is registered; empty without a domain."
  value       = try(aws_route53_zone.this[0].name_servers, [])
}

output "certificate_arn" {
  description = "The domain's certificate, issued or not yet; null without a domain."
  value       = one(aws_acm_certificate.this[*].arn)
}

output "secret_names" {
  description = "The containers of secrets: session_keys, google_client_secret, github_client_secret, valkey_url."
  value       = { for key, secret in aws_secretsmanager_secret.this : key => secret.name }
}

output "secret_arns" {
  description = "The same secrets, for policies."
  value       = { for key, secret in aws_secretsmanager_secret.this : key => secret.arn }
}

output "github_role_arn" {
  description = "The role of workflows; null without a repository."
  value       = one(aws_iam_role.github[*].arn)
}
