data "autumn_customer" "globex" {
  customer_id = "globex"
}

output "globex_flags" {
  value = data.autumn_customer.globex.flags
}
