# A role for each ServiceAccount that needs rights in AWS, and for nobody else: EKS Pod Identity says in the session's tags
# who asks, and each role listens to one of them.
locals {
  pods = {
    vpc-cni = {
      namespace       = "kube-system"
      service_account = "aws-node"
      description     = "The network of pods: addresses for them"
    }
    server = {
      namespace       = local.name
      service_account = local.name
      description     = "The server: its tables and its secrets"
    }
    load-balancer-controller = {
      namespace       = "kube-system"
      service_account = "aws-load-balancer-controller"
      description     = "The AWS Load Balancer Controller: the load balancer of the Ingress"
    }
  }
}

resource "aws_iam_role" "pod" {
  for_each = local.pods

  name        = "${local.name}-${var.region}-${each.key}"
  description = each.value.description

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = ["sts:AssumeRole", "sts:TagSession"]
      Principal = { Service = "pods.eks.amazonaws.com" }
      Condition = {
        StringEquals = {
          "aws:SourceAccount"                         = var.account_id
          "aws:RequestTag/eks-cluster-arn"            = aws_eks_cluster.this.arn
          "aws:RequestTag/kubernetes-namespace"       = each.value.namespace
          "aws:RequestTag/kubernetes-service-account" = each.value.service_account
        }
      }
    }]
  })
}

# The one of vpc-cni belongs to its add-on.
resource "aws_eks_pod_identity_association" "this" {
  for_each = { for name, pod in local.pods : name => pod if name != "vpc-cni" }

  cluster_name    = aws_eks_cluster.this.name
  namespace       = each.value.namespace
  service_account = each.value.service_account
  role_arn        = aws_iam_role.pod[each.key].arn
}

resource "aws_iam_role_policy_attachment" "vpc_cni" {
  role       = aws_iam_role.pod["vpc-cni"].name
  policy_arn = "arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy"
}
