# By customer_id/balance_id.
terraform import autumn_balance.api_calls acme/api_calls
terraform import autumn_balance.credits acme/ai_credits@seat_42

# As JSON, where the customer's id has a slash.
terraform import autumn_balance.exports '{"customer_id": "globex", "balance_id": "exports"}'

# A row that was granted under another balance_id, by the one that the configuration gives it: its name.
terraform import autumn_balance.sso '{"customer_id": "globex", "balance_id": "trial-of-may", "name": "sso"}'
