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

run "each_role_listens_to_one_service_account_and_may_little" {
  assert {
    condition = {
      for name, role in aws_iam_role.pod : name => join("/", [
        jsondecode(role.assume_role_policy).Statement[0].Condition.StringEquals["aws:RequestTag/kubernetes-namespace"],
        jsondecode(role.assume_role_policy).Statement[0].Condition.StringEquals["aws:RequestTag/kubernetes-service-account"],
      ])
      } == {
      vpc-cni                  = "kube-system/aws-node"
      server                   = "overcookied/overcookied"
      load-balancer-controller = "kube-system/aws-load-balancer-controller"
    }
    error_message = "and to no other"
  }

  assert {
    condition = alltrue([
      for role in aws_iam_role.pod :
      jsondecode(role.assume_role_policy).Statement[0].Principal == { Service = "pods.eks.amazonaws.com" }
      && jsondecode(role.assume_role_policy).Statement[0].Condition.StringEquals["aws:RequestTag/eks-cluster-arn"] == aws_eks_cluster.this.arn
    ])
    error_message = "in this cluster"
  }

  assert {
    condition     = alltrue([for role in aws_iam_role.pod : jsondecode(role.assume_role_policy).Statement[0].Action == ["sts:AssumeRole", "sts:TagSession"]])
    error_message = "Pod Identity needs both"
  }

  assert {
    condition = {
      for name, association in aws_eks_pod_identity_association.this : name => "${association.namespace}/${association.service_account}"
    } == { load-balancer-controller = "kube-system/aws-load-balancer-controller", server = "overcookied/overcookied" }
    error_message = "and these pods get them"
  }

  # What src/results/dynamodb and src/config/secrets_manager.rs call.
  assert {
    condition = {
      for statement in jsondecode(aws_iam_role_policy.server.policy).Statement : statement.Sid => join(" ", flatten([statement.Action]))
      } == {
      LookAtTables  = "dynamodb:DescribeTable"
      Games         = "dynamodb:DeleteItem dynamodb:PutItem dynamodb:UpdateItem"
      GamesByPlayer = "dynamodb:Query"
      Users         = "dynamodb:BatchGetItem dynamodb:Scan dynamodb:UpdateItem"
      Identities    = "dynamodb:DeleteItem dynamodb:GetItem dynamodb:PutItem"
      Secrets       = "secretsmanager:GetSecretValue"
    }
    error_message = "and nothing else"
  }

  assert {
    condition     = !strcontains(aws_iam_role_policy.server.policy, "*")
    error_message = "no pattern anywhere"
  }

  assert {
    condition = [
      for statement in jsondecode(aws_iam_role_policy.server.policy).Statement : statement.Resource if statement.Sid == "GamesByPlayer"
    ] == ["arn:aws:dynamodb:eu-central-1:123456789012:table/OvercookiedGames/index/PlayerHistoryIndex"]
    error_message = "the index is a resource of its own"
  }

  assert {
    condition = length(flatten([
      for statement in jsondecode(aws_iam_role_policy.server.policy).Statement : statement.Resource if statement.Sid == "Secrets"
    ])) == 4
    error_message = "it reads its four secrets"
  }

  # The load balancer's controller.
  assert {
    condition     = length(aws_iam_role_policy.load_balancer_controller.policy) < 10240
    error_message = "AWS takes no longer ones"
  }

  assert {
    condition = !anytrue(flatten([
      for statement in jsondecode(aws_iam_role_policy.load_balancer_controller.policy).Statement : [for action in flatten([statement.Action]) : strcontains(action, "*")]
    ]))
    error_message = "every action is named"
  }

  assert {
    condition = alltrue(flatten([
      for statement in jsondecode(aws_iam_role_policy.load_balancer_controller.policy).Statement : [
        for action in flatten([statement.Action]) : can(regex(":(Describe|Get|List)", action))
      ] if contains(flatten([statement.Resource]), "*")
    ]))
    error_message = "what is for all resources only looks"
  }

  assert {
    condition = alltrue(flatten([
      for statement in jsondecode(aws_iam_role_policy.load_balancer_controller.policy).Statement : [
        for resource in flatten([statement.Resource]) : can(regex("^arn:aws:(ec2|elasticloadbalancing):eu-central-1:123456789012:|^arn:aws:iam::123456789012:role/aws-service-role/elasticloadbalancing", resource))
      ] if !contains(flatten([statement.Resource]), "*")
    ]))
    error_message = "what changes something does so in this region and account"
  }

  assert {
    condition = alltrue([
      for statement in jsondecode(aws_iam_role_policy.load_balancer_controller.policy).Statement :
      try(statement.Condition.StringEquals["aws:ResourceTag/elbv2.k8s.aws/cluster"], "") == "overcookied"
      if anytrue([for action in flatten([statement.Action]) : can(regex("Delete(LoadBalancer|TargetGroup|SecurityGroup)|Register|SetS|ModifyLoad", action))])
    ])
    error_message = "and to what this cluster's controller has made"
  }

  assert {
    condition = [
      for statement in jsondecode(aws_iam_role_policy.load_balancer_controller.policy).Statement : statement.Resource if statement.Sid == "LetTheLoadBalancerIntoPods"
    ] == ["arn:aws:ec2:eu-central-1:123456789012:security-group/sg-00000000000cafe00"]
    error_message = "the nodes' security group is the only one that it may open"
  }
}
