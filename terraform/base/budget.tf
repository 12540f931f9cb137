# Of the whole account: costs by tag come late, and the expensive surprise is what nobody has tagged.
resource "aws_budgets_budget" "monthly" {
  name         = "overcookied-${var.region}"
  budget_type  = "COST"
  time_unit    = "MONTHLY"
  limit_amount = tostring(var.budget_usd)
  limit_unit   = "USD"

  # Counted before credits, or the alarm would sleep until they are used up.
  cost_types {
    include_credit = false
    include_refund = false
  }

  dynamic "notification" {
    for_each = {
      half     = { type = "ACTUAL", threshold = 50 }
      most     = { type = "ACTUAL", threshold = 80 }
      forecast = { type = "FORECASTED", threshold = 100 }
    }
    content {
      comparison_operator        = "GREATER_THAN"
      notification_type          = notification.value.type
      threshold                  = notification.value.threshold
      threshold_type             = "PERCENTAGE"
      subscriber_email_addresses = [var.budget_email]
    }
  }
}
