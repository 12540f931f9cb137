# Three kinds of subnets in each zone, and none of them costs anything:
#   load balancer   public, small; nothing else is in them, so their addresses are what the server trusts as proxies
#   public          nodes and pods: a public address each (0.005 USD an hour) instead of a NAT gateway (0.045 and each
#                   GB), with security groups that let in nobody
#   data            no way to the internet in either direction: Valkey
locals {
  vpc_cidr   = "10.20.0.0/16"
  zone_names = slice(data.aws_availability_zones.available.names, 0, var.zone_count)
  zones      = { for index, name in local.zone_names : name => index }
}

data "aws_availability_zones" "available" {
  #checkov:skip=CKV_AWS_394:only the first by name are taken, and a new zone gets the next letter
  state = "available"

  # EKS puts no control planes there.
  exclude_zone_ids = ["cac1-az3", "use1-az3", "usw1-az2"]

  # Local zones are zones, too, but there are no clusters in them.
  filter {
    name   = "opt-in-status"
    values = ["opt-in-not-required"]
  }
}

resource "aws_vpc" "this" {
  #checkov:skip=CKV2_AWS_11:flow logs of a public game cost more than all of this layer; turn them on when something is looked for
  cidr_block           = local.vpc_cidr
  enable_dns_support   = true
  enable_dns_hostnames = true # nodes register under such a name

  tags = { Name = "overcookied" }
}

# What is made without a security group gets this one. It lets nothing in and nothing out.
resource "aws_default_security_group" "closed" {
  vpc_id  = aws_vpc.this.id
  ingress = []
  egress  = []

  tags = { Name = "overcookied-default-closed" }
}

resource "aws_internet_gateway" "this" {
  vpc_id = aws_vpc.this.id

  tags = { Name = "overcookied" }
}

resource "aws_subnet" "load_balancer" {
  for_each = local.zones

  vpc_id            = aws_vpc.this.id
  availability_zone = each.key
  cidr_block        = cidrsubnet(local.vpc_cidr, 8, 250 + each.value)

  tags = {
    Name = "overcookied-load-balancer-${each.key}"
    # By this tag the AWS Load Balancer Controller finds where to put what faces the internet.
    "kubernetes.io/role/elb" = "1"
  }
}

resource "aws_subnet" "public" {
  #checkov:skip=CKV_AWS_130:nodes need a public address, since there is no NAT gateway; their security group lets in nobody
  for_each = local.zones

  vpc_id                  = aws_vpc.this.id
  availability_zone       = each.key
  cidr_block              = cidrsubnet(local.vpc_cidr, 4, each.value) # each pod takes an address: 4,091 of them
  map_public_ip_on_launch = true

  tags = { Name = "overcookied-public-${each.key}" }
}

resource "aws_subnet" "data" {
  for_each = local.zones

  vpc_id            = aws_vpc.this.id
  availability_zone = each.key
  cidr_block        = cidrsubnet(local.vpc_cidr, 8, 240 + each.value)

  tags = { Name = "overcookied-data-${each.key}" }
}
