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

run "entries_are_the_only_way_in" {
  command = plan

  assert {
    condition     = aws_eks_cluster.this.access_config[0].authentication_mode == "API" && !aws_eks_cluster.this.access_config[0].bootstrap_cluster_creator_admin_permissions
    error_message = "no aws-auth, and no rights for whoever made the cluster"
  }

  assert {
    condition     = aws_eks_access_entry.admin.principal_arn == "arn:aws:iam::123456789012:role/admin" && aws_eks_access_policy_association.admin.access_scope[0].type == "cluster"
    error_message = "the administrator may do everything"
  }

  assert {
    condition     = aws_eks_access_entry.github[0].principal_arn == "arn:aws:iam::123456789012:role/overcookied-eu-central-1-github"
    error_message = "the role of the base layer has an entry"
  }

  assert {
    condition     = aws_eks_access_policy_association.github[0].access_scope[0].type == "namespace" && aws_eks_access_policy_association.github[0].access_scope[0].namespaces == toset(["overcookied"])
    error_message = "and no rights in other namespaces"
  }

  assert {
    condition     = endswith(aws_eks_access_policy_association.github[0].policy_arn, "/AmazonEKSEditPolicy")
    error_message = "and none to hand out rights"
  }
}

run "without_a_repository" {
  command = plan

  # An output that is null is not in the state.
  override_data {
    target = data.terraform_remote_state.base
    values = {
      outputs = {
        region                     = "eu-central-1"
        account_id                 = "123456789012"
        vpc_id                     = "vpc-0"
        public_subnet_ids          = ["subnet-a", "subnet-b"]
        data_subnet_ids            = ["subnet-c", "subnet-d"]
        load_balancer_subnet_cidrs = ["10.20.250.0/24"]
        table_arns                 = { games = "arn:games", identities = "arn:identities", users = "arn:users" }
        secret_arns                = { valkey_url = "arn:valkey-url" }
      }
    }
  }

  assert {
    condition     = length(aws_eks_access_entry.github) + length(aws_eks_access_policy_association.github) == 0
    error_message = "there is no entry for workflows"
  }
}

run "a_base_layer_of_somewhere_else" {
  command = plan

  override_data {
    target = data.terraform_remote_state.base
    values = {
      outputs = {
        region                     = "us-east-1"
        account_id                 = "123456789012"
        vpc_id                     = "vpc-0"
        public_subnet_ids          = ["subnet-a", "subnet-b"]
        data_subnet_ids            = ["subnet-c", "subnet-d"]
        load_balancer_subnet_cidrs = ["10.20.250.0/24"]
        table_arns                 = { games = "arn:games", identities = "arn:identities", users = "arn:users" }
        secret_arns                = { valkey_url = "arn:valkey-url" }
      }
    }
  }

  expect_failures = [aws_eks_cluster.this]
}
