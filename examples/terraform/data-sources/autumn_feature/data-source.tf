data "autumn_feature" "seats" {
  feature_id = "seats"
}

# What is held, such as seats, cannot reset.
resource "autumn_balance" "seats" {
  customer_id = "initech"
  feature_id  = data.autumn_feature.seats.feature_id
  included    = 25
  reset       = data.autumn_feature.seats.consumable ? { interval = "month" } : null
}
