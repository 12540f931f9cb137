mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  region       = "eu-central-1"
  account_id   = "123456789012"
  budget_email = "operator@example.com"
}

run "somebody_hears_of_it_in_time" {
  command = plan

  variables {
    budget_usd = 30
  }

  assert {
    condition     = aws_budgets_budget.monthly.limit_amount == "30" && aws_budgets_budget.monthly.time_unit == "MONTHLY"
    error_message = "the limit is the operator's"
  }

  assert {
    condition     = !aws_budgets_budget.monthly.cost_types[0].include_credit
    error_message = "credits must not keep the alarm asleep"
  }

  assert {
    condition = toset([
      for notification in aws_budgets_budget.monthly.notification : "${notification.notification_type} ${notification.threshold}"
    ]) == toset(["ACTUAL 50", "ACTUAL 80", "FORECASTED 100"])
    error_message = "at half, at most of it, and when it will be exceeded"
  }

  assert {
    condition     = alltrue([for notification in aws_budgets_budget.monthly.notification : notification.subscriber_email_addresses == toset(["operator@example.com"])])
    error_message = "all of them reach the operator"
  }
}
