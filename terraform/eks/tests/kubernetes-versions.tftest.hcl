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

# The check block fails this run (and the others) when the version that is pinned is within 60 days of its end.
run "the_pinned_version_has_standard_support_for_another_60_days" {
  command = plan

  assert {
    condition     = alltrue([for date in values(local.standard_support_ends) : can(timeadd("${date}T00:00:00Z", "1h"))])
    error_message = "kubernetes-versions.json has a date that is none"
  }
}

run "a_version_whose_time_is_over" {
  command = plan

  variables {
    kubernetes_version = "1.33"
  }

  expect_failures = [check.standard_support]
}
