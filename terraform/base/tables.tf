# The tables of the results, as src/results/dynamodb/tables.rs expects them (the server looks at each start, and
# `overcookied tables check` says what is wrong). docs/DATA.md has what is in them and why.
locals {
  tables = {
    games = {
      name       = "${var.table_prefix}Games"
      hash_key   = "GameID"
      range_key  = "PlayerID"
      attributes = { GameID = "S", PlayerID = "S", EndedAt = "N" }
      indexes    = { PlayerHistoryIndex = { hash_key = "PlayerID", range_key = "EndedAt" } }
    }
    users = {
      name       = "${var.table_prefix}Users"
      hash_key   = "UserID"
      range_key  = null
      attributes = { UserID = "S" }
      indexes    = {}
    }
    identities = {
      name       = "${var.table_prefix}Identities"
      hash_key   = "Identity"
      range_key  = null
      attributes = { Identity = "S" }
      indexes    = {}
    }
  }
}

resource "aws_dynamodb_table" "this" {
  #checkov:skip=CKV_AWS_119:tables are encrypted with a key that AWS owns, free; a key of our own costs a dollar a month and money for each request
  for_each = local.tables

  name         = each.value.name
  hash_key     = each.value.hash_key
  range_key    = each.value.range_key
  billing_mode = "PAY_PER_REQUEST"

  deletion_protection_enabled = var.deletion_protection

  dynamic "attribute" {
    for_each = each.value.attributes
    content {
      name = attribute.key
      type = attribute.value
    }
  }

  dynamic "global_secondary_index" {
    for_each = each.value.indexes
    content {
      name            = global_secondary_index.key
      hash_key        = global_secondary_index.value.hash_key
      range_key       = global_secondary_index.value.range_key
      projection_type = "ALL"

      # An index with a lower cap than its table would hold back the table's writes.
      on_demand_throughput {
        max_read_request_units  = var.table_read_units
        max_write_request_units = var.table_write_units
      }
    }
  }

  on_demand_throughput {
    max_read_request_units  = var.table_read_units
    max_write_request_units = var.table_write_units
  }

  # What the table was at any second of the last 35 days.
  point_in_time_recovery {
    enabled                 = true
    recovery_period_in_days = 35
  }
}
