# 50,000 units each month.
resource "autumn_balance" "api_calls" {
  customer_id = "acme"
  feature_id  = "api_calls"
  included    = 50000
  reset       = { interval = "month" }
}

# Once, for one seat of the customer, until the end of January.
resource "autumn_balance" "credits" {
  customer_id = "acme"
  feature_id  = "ai_credits"
  entity_id   = "seat_42"
  included    = 250
  expires_at  = "2030-01-31T00:00:00Z"
}

# Without a limit.
resource "autumn_balance" "exports" {
  customer_id = "globex"
  feature_id  = "exports"
  unlimited   = true
}

# A boolean feature is granted by being there.
resource "autumn_balance" "sso" {
  customer_id = "globex"
  feature_id  = "sso"
}
