output "new_year_ms" {
  value = provider::autumn::rfc3339_to_ms("2027-01-01T00:00:00Z") # 1798761600000
}
