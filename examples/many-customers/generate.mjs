// Declares a balance for each of many customers, as a program that knows them would:
//
//   node examples/many-customers/generate.mjs 500 > balances.json
//
// `.json` is read like `.yaml`, and `create_customers` has missing customers created.
const count = Number(process.argv[2] ?? 500);
const balances = Array.from({ length: count }, (_, i) => ({
  customer_id: `customer_${String(i + 1).padStart(5, "0")}`,
  feature_id: "api_calls",
  included: 1000 * (1 + (i % 5)),
  reset: { interval: "month" },
}));
console.log(
  JSON.stringify({ version: 1, namespace: "many-customers", create_customers: true, balances }, null, 2),
);
