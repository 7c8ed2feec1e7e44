// What a script with the official SDK looks like at first: one call after the other.
import { Autumn } from "autumn-js";

const [command, count, included] = process.argv.slice(2);
const autumn = new Autumn({
  secretKey: process.env.AUTUMN_SECRET_KEY,
  serverURL: process.env.AUTUMN_BASE_URL,
});

for (let n = 0; n < Number(count); n++) {
  const balance = { customerId: `customer_${n}`, featureId: "api_calls", includedGrant: Number(included) };
  if (command === "grant") await autumn.balances.create({ ...balance, reset: { interval: "month" } });
  else await autumn.balances.update(balance);
}
