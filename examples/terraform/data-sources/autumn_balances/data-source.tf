data "autumn_balances" "acme" {
  customer_id = "acme"
}

# What a customer has left of a feature, of all balances together. One that has ended keeps what was left of it.
output "api_calls_left" {
  value = sum([
    for balance in data.autumn_balances.acme.balances :
    balance.remaining
    if balance.feature_id == "api_calls" && balance.state == "live" && balance.remaining != null
  ])
}
