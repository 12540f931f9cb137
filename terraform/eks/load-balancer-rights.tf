# What the controller's own documentation asks for, without what we do not use (WAF, Shield, Cognito, certificates of IAM,
# network load balancers, outposts) and, where AWS can tell, for what this cluster's controller has made itself: it tags all
# of that with the cluster's name.
resource "aws_iam_role_policy" "load_balancer_controller" {
  name = "load-balancer"
  role = aws_iam_role.pod["load-balancer-controller"].name

  policy = templatefile("${path.module}/load-balancer-rights.json.tftpl", {
    region                 = var.region
    account                = var.account_id
    cluster                = aws_eks_cluster.this.name
    vpc                    = local.base.vpc_id
    cluster_security_group = aws_eks_cluster.this.vpc_config[0].cluster_security_group_id
  })
}
