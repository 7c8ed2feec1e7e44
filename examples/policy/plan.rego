# The same by Open Policy Agent, over what `plan --format json` prints:
#   autumn-balances plan --format json > plan.json
#   conftest test plan.json --policy examples/policy
package main

import rego.v1

# Grants over 100,000 units.
warn contains message if {
	some change in input.changes
	change.granted > 100000
	message := sprintf("%s of %s grants %v units", [change.key, change.customer_id, change.granted])
}

# No unlimited balances.
deny contains message if {
	some change in input.changes
	change.kind in {"create", "update", "replace"}
	change.desired.unlimited
	message := sprintf("%s of %s is unlimited", [change.key, change.customer_id])
}

# Never more than a tenth of the rows deleted.
deny contains message if {
	input.summary["delete"] * 10 > input.owned_rows
	message := sprintf("deletes %d of %d rows", [input.summary["delete"], input.owned_rows])
}
