mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  region       = "eu-central-1"
  account_id   = "123456789012"
  budget_email = "operator@example.com"
}

run "without_a_repository_nobody_gets_in" {
  command = plan

  assert {
    condition     = length(aws_iam_role.github) + length(aws_iam_role_policy.github) + length(aws_iam_openid_connect_provider.github) == 0
    error_message = "no role and no provider"
  }

  assert {
    condition     = output.github_role_arn == null
    error_message = "outputs say so"
  }
}

run "one_repository_in_one_environment" {
  variables {
    domain            = "overcookied.example.com"
    github_repository = "some-body/overcookied"
  }

  assert {
    condition = jsondecode(aws_iam_role.github[0].assume_role_policy).Statement[0].Condition == {
      StringEquals = {
        "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com"
        "token.actions.githubusercontent.com:sub" = "repo:some-body/overcookied:environment:production"
      }
    }
    error_message = "only jobs of this repository's environment production, and no pattern"
  }

  assert {
    condition     = jsondecode(aws_iam_role.github[0].assume_role_policy).Statement[0].Principal.Federated == aws_iam_openid_connect_provider.github[0].arn
    error_message = "GitHub vouches for them"
  }

  assert {
    condition     = output.github_role_arn == aws_iam_role.github[0].arn
    error_message = "the eks layer is told"
  }

  # Least privilege.
  assert {
    condition = !anytrue(flatten([
      for statement in jsondecode(aws_iam_role_policy.github[0].policy).Statement : [for action in flatten([statement.Action]) : strcontains(action, "*")]
    ]))
    error_message = "every action is named"
  }

  assert {
    condition = toset([
      for statement in jsondecode(aws_iam_role_policy.github[0].policy).Statement : statement.Sid if contains(flatten([statement.Resource]), "*")
    ]) == toset(["SignInToTheRegistry", "WatchTheLoadBalancer"])
    error_message = "only what AWS does not narrow down is for all resources"
  }

  assert {
    condition = !anytrue(flatten([
      for statement in jsondecode(aws_iam_role_policy.github[0].policy).Statement : [
        for action in flatten([statement.Action]) : can(regex("^(iam|dynamodb|ec2|elasticache):|:(Delete|Get(Secret|ObjectV)|PutObject)", action))
      ]
    ]))
    error_message = "a workflow changes no state, no data, no rights and reads no secret"
  }

  assert {
    condition = [
      for statement in jsondecode(aws_iam_role_policy.github[0].policy).Statement : statement.Resource if statement.Sid == "ReadTheState"
      ] == [[
        "arn:aws:s3:::overcookied-state-123456789012-eu-central-1/base.tfstate",
        "arn:aws:s3:::overcookied-state-123456789012-eu-central-1/eks.tfstate",
    ]]
    error_message = "it reads the outputs of both layers"
  }
}

run "the_accounts_own_provider" {
  command = plan

  variables {
    github_repository        = "some-body/overcookied"
    github_oidc_provider_arn = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"
  }

  assert {
    condition     = length(aws_iam_openid_connect_provider.github) == 0
    error_message = "AWS allows one only, so there is none of ours beside it"
  }

  assert {
    condition     = jsondecode(aws_iam_role.github[0].assume_role_policy).Statement[0].Principal.Federated == var.github_oidc_provider_arn
    error_message = "the role trusts the one that is there"
  }
}
