# Balances of the account in ../emulator-seed.yaml.

terraform {
  required_version = ">= 1.8"

  required_providers {
    autumn = { source = "autumn-balances/autumn" }
  }
}

# AUTUMN_SECRET_KEY and, for another server than Autumn's own, AUTUMN_BASE_URL are read from the environment.
provider "autumn" {
  # The first part of every balance_id in Autumn. Another state needs another one.
  namespace = "terraform-example"

  # Refuses a key of the live environment.
  environment = "sandbox"
}

# 50,000 units each month. Raising it keeps what is used, and the day of the reset.
resource "autumn_balance" "api_calls" {
  customer_id = "acme"
  feature_id  = "api_calls"
  included    = 50000
  reset       = { interval = "month" }
}

# Once, for one seat, until a day.
resource "autumn_balance" "credits" {
  customer_id = "acme"
  feature_id  = "ai_credits"
  entity_id   = "seat_42"
  included    = 250
  expires_at  = "2030-01-31T00:00:00Z"
}

# A second balance of a feature needs a name of its own.
resource "autumn_balance" "launch_bonus" {
  customer_id = "acme"
  feature_id  = "api_calls"
  balance_id  = "launch-bonus"
  included    = 100000

  lifecycle {
    prevent_destroy = false # true for what must never be taken back
  }
}

# The balances of a file of autumn-balances, with all its checks: what is wrong is told by line and column.
locals {
  contracts = provider::autumn::decode_balances(file("${path.module}/balances.yaml"))
}

resource "autumn_balance" "contract" {
  for_each = local.contracts

  customer_id   = each.value.customer_id
  feature_id    = each.value.feature_id
  entity_id     = each.value.entity_id
  balance_id    = each.value.balance_id
  included      = each.value.included
  unlimited     = each.value.unlimited
  reset         = each.value.reset
  expires_at    = each.value.expires_at
  rollover      = each.value.rollover
  next_reset_at = each.value.next_reset_at
}

# YAML of a form of your own.
locals {
  storage = yamldecode(file("${path.module}/storage.yaml"))
}

resource "autumn_balance" "storage" {
  for_each = local.storage

  customer_id = each.key
  feature_id  = "storage_gb"
  included    = each.value
}

output "balance_ids" {
  value = sort(concat(
    [autumn_balance.api_calls.remote_id, autumn_balance.credits.remote_id, autumn_balance.launch_bonus.remote_id],
    [for balance in autumn_balance.contract : balance.remote_id],
    [for balance in autumn_balance.storage : balance.remote_id],
  ))
}
