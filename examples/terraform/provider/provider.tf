terraform {
  required_providers {
    autumn = { source = "autumn-balances/autumn" }
  }
}

# The secret key comes from AUTUMN_SECRET_KEY.
provider "autumn" {
  namespace   = "docs-example"
  environment = "sandbox"
}
