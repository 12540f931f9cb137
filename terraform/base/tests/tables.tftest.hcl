mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  region       = "eu-central-1"
  account_id   = "123456789012"
  budget_email = "operator@example.com"
}

# The same as src/results/dynamodb/tables.rs: names, keys, types, index.
run "tables_are_what_the_server_expects" {
  command = plan

  assert {
    condition     = output.table_names == { games = "OvercookiedGames", identities = "OvercookiedIdentities", users = "OvercookiedUsers" }
    error_message = "there are three tables, with the default prefix"
  }

  assert {
    condition     = { for key, table in aws_dynamodb_table.this : key => table.hash_key } == { games = "GameID", identities = "Identity", users = "UserID" }
    error_message = "partition keys"
  }

  assert {
    condition     = aws_dynamodb_table.this["games"].range_key == "PlayerID"
    error_message = "the sort key of games"
  }

  assert {
    condition = {
      for key, table in aws_dynamodb_table.this :
      key => join(" ", sort([for attribute in table.attribute : "${attribute.name}=${attribute.type}"]))
    } == { games = "EndedAt=N GameID=S PlayerID=S", identities = "Identity=S", users = "UserID=S" }
    error_message = "only the time is a number, and nothing but keys is declared"
  }

  assert {
    condition = [
      for index in aws_dynamodb_table.this["games"].global_secondary_index : [index.name, index.hash_key, index.range_key, index.projection_type]
    ] == [["PlayerHistoryIndex", "PlayerID", "EndedAt", "ALL"]]
    error_message = "the index of a player's games holds everything"
  }

  assert {
    condition     = length(aws_dynamodb_table.this["users"].global_secondary_index) + length(aws_dynamodb_table.this["identities"].global_secondary_index) == 0
    error_message = "the others have none: each would cost with each write"
  }

  assert {
    condition     = alltrue([for table in aws_dynamodb_table.this : table.point_in_time_recovery[0].enabled && table.point_in_time_recovery[0].recovery_period_in_days == 35])
    error_message = "each table can be restored to any second of 35 days"
  }

  assert {
    condition     = alltrue([for table in aws_dynamodb_table.this : table.deletion_protection_enabled])
    error_message = "no table can be deleted by mistake"
  }
}

run "a_cap_a_prefix_and_no_protection" {
  command = plan

  variables {
    table_read_units    = 100
    table_write_units   = 200
    table_prefix        = "Staging-"
    deletion_protection = false
  }

  assert {
    condition     = alltrue([for table in aws_dynamodb_table.this : table.billing_mode == "PAY_PER_REQUEST"])
    error_message = "on demand: nothing is paid for while nobody plays"
  }

  assert {
    condition = alltrue([
      for table in aws_dynamodb_table.this :
      table.on_demand_throughput[0].max_read_request_units == 100 && table.on_demand_throughput[0].max_write_request_units == 200
    ])
    error_message = "each table has its cap"
  }

  assert {
    condition = alltrue([
      for index in aws_dynamodb_table.this["games"].global_secondary_index :
      index.on_demand_throughput[0].max_read_request_units == 100 && index.on_demand_throughput[0].max_write_request_units == 200
    ])
    error_message = "the index has one, too, and not a lower one"
  }

  assert {
    condition     = output.table_names["games"] == "Staging-Games" && output.table_prefix == "Staging-"
    error_message = "names begin with the prefix, and the server is told it"
  }

  assert {
    condition     = !anytrue([for table in aws_dynamodb_table.this : table.deletion_protection_enabled]) && aws_ecr_repository.this.force_delete
    error_message = "without protection, tables and images can go"
  }
}
