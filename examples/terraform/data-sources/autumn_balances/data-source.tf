data "autumn_balances" "acme" {
  customer_id = "acme"
}

# What a customer has left of a feature, of all balances together.
output "api_calls_left" {
  value = sum([
    for balance in data.autumn_balances.acme.balances :
    balance.remaining if balance.feature_id == "api_calls" && balance.remaining != null
  ])
}
