mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  region       = "eu-central-1"
  account_id   = "123456789012"
  budget_email = "operator@example.com"
}

# Each bad value is refused before anything is made, with a message of its own.

run "what_is_no_such_thing" {
  command = plan

  variables {
    region                   = "Frankfurt"
    account_id               = "1234-5678-9012"
    zone_count               = 1
    wait_for_certificate     = true
    budget_email             = ""
    budget_usd               = 0
    github_repository        = "https://github.com/some-body/overcookied"
    github_oidc_provider_arn = "arn:aws:iam::123456789012:oidc-provider/gitlab.com"
    table_prefix             = "over/cooked"
    table_write_units        = 10
    table_read_units         = 50000
  }

  expect_failures = [var.region, var.account_id, var.zone_count, var.wait_for_certificate, var.budget_email, var.budget_usd, var.github_repository, var.github_oidc_provider_arn, var.table_prefix, var.table_write_units, var.table_read_units]
}

run "a_zone_an_address_and_all_repositories" {
  command = plan

  variables {
    region            = "eu-central-1a"
    domain            = "https://overcookied.example.com"
    github_repository = "some-body/*"
    table_read_units  = 20.5
  }

  expect_failures = [var.region, var.domain, var.github_repository, var.table_read_units]
}

run "a_pattern_is_no_domain" {
  command = plan

  variables {
    domain = "*.example.com"
  }

  expect_failures = [var.domain]
}

run "a_dot_at_the_end_of_a_domain" {
  command = plan

  variables {
    domain = "overcookied.example.com."
  }

  expect_failures = [var.domain]
}

run "a_domain_in_upper_case" {
  command = plan

  variables {
    domain = "Overcookied.example.com"
  }

  expect_failures = [var.domain]
}
