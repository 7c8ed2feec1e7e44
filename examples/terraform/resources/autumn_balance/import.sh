# By customer_id/balance_id.
terraform import autumn_balance.api_calls acme/api_calls
terraform import autumn_balance.credits acme/ai_credits@seat_42

# As JSON, where the customer's id has a slash.
terraform import autumn_balance.exports '{"customer_id": "globex", "balance_id": "exports"}'
