# What AWS would compute, where something in this layer works with it.

mock_data "aws_eks_addon_version" {
  defaults = { version = "v1.2.3-eksbuild.4" }
}

mock_resource "aws_eks_cluster" {
  defaults = {
    arn        = "arn:aws:eks:eu-central-1:123456789012:cluster/overcookied"
    endpoint   = "https://0123456789ABCDEF.gr7.eu-central-1.eks.amazonaws.com"
    vpc_config = { cluster_security_group_id = "sg-00000000000cafe00" }
  }
}

mock_resource "aws_launch_template" {
  defaults = { id = "lt-0123456789abcdef0", latest_version = 7 }
}

mock_resource "aws_iam_role" {
  defaults = { arn = "arn:aws:iam::123456789012:role/overcookied-eu-central-1-some" }
}

mock_resource "aws_elasticache_replication_group" {
  defaults = {
    primary_endpoint_address       = "master.overcookied.abc.euc1.cache.amazonaws.com"
    configuration_endpoint_address = "clustercfg.overcookied-durable.abc.euc1.cache.amazonaws.com"
  }
}
