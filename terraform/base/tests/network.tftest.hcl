mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  region       = "eu-central-1"
  account_id   = "123456789012"
  budget_email = "operator@example.com"
}

# Each run takes Terraform a second, so there are few, with much to say.
run "two_zones_and_nothing_that_costs" {
  command = plan

  assert {
    condition     = keys(aws_subnet.load_balancer) == ["eu-central-1a", "eu-central-1b"] && keys(aws_subnet.public) == ["eu-central-1a", "eu-central-1b"] && keys(aws_subnet.data) == ["eu-central-1a", "eu-central-1b"]
    error_message = "each of two zones has a subnet for the load balancer, one for nodes and one for data"
  }

  assert {
    condition     = alltrue([for subnet in aws_subnet.public : subnet.map_public_ip_on_launch])
    error_message = "nodes have no way out without a public address"
  }

  assert {
    condition     = alltrue([for subnet in aws_subnet.load_balancer : subnet.tags["kubernetes.io/role/elb"] == "1"])
    error_message = "the load balancer's controller finds its subnets by the tag"
  }

  assert {
    condition     = !anytrue([for subnet in concat(values(aws_subnet.public), values(aws_subnet.data)) : contains(keys(subnet.tags), "kubernetes.io/role/elb")])
    error_message = "and no others: what is in them is trusted as a proxy"
  }

  assert {
    condition     = length(aws_default_security_group.closed.ingress) == 0 && length(aws_default_security_group.closed.egress) == 0
    error_message = "the default security group lets nothing in and nothing out"
  }

  assert {
    condition     = { for service, endpoint in aws_vpc_endpoint.gateway : endpoint.service_name => endpoint.vpc_endpoint_type } == { "com.amazonaws.eu-central-1.dynamodb" = "Gateway", "com.amazonaws.eu-central-1.s3" = "Gateway" }
    error_message = "S3 and DynamoDB have gateway endpoints; an interface endpoint would cost by the hour"
  }
}

run "three_zones_with_data_apart" {
  variables {
    zone_count = 3
  }

  assert {
    condition     = output.load_balancer_subnet_cidrs == ["10.20.250.0/24", "10.20.251.0/24", "10.20.252.0/24"] && length(output.public_subnet_ids) == 3
    error_message = "the load balancer is in all zones that have nodes, or it would reach only some of them"
  }

  assert {
    condition     = output.public_subnet_cidrs == ["10.20.0.0/20", "10.20.16.0/20", "10.20.32.0/20"]
    error_message = "each pod takes an address, so there are thousands of them"
  }

  assert {
    condition     = aws_route.internet.route_table_id == aws_route_table.public.id && aws_route_table.public.id != aws_route_table.data.id
    error_message = "the only route out is in the public table"
  }

  assert {
    condition     = alltrue([for association in aws_route_table_association.data : association.route_table_id == aws_route_table.data.id])
    error_message = "data subnets use the other one"
  }
}
