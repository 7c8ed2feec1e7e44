resource "autumn_balance" "contract" {
  for_each = provider::autumn::decode_balances(file("${path.module}/balances.yaml"))

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
