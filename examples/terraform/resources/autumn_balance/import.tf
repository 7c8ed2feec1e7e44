import {
  to = autumn_balance.api_calls
  id = "acme/api_calls"
}
