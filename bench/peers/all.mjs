// As loop.mjs, with `Promise.all`; with `--retries`, the SDK sends again what was refused, which is not its default.
import { Autumn } from "autumn-js";

const [command, count, included, retries] = process.argv.slice(2);
const autumn = new Autumn({
  secretKey: process.env.AUTUMN_SECRET_KEY,
  serverURL: process.env.AUTUMN_BASE_URL,
  ...(retries === "--retries" ? { retryConfig: { strategy: "backoff" } } : {}),
});

await Promise.all(
  Array.from({ length: Number(count) }, (_, n) => {
    const balance = { customerId: `customer_${n}`, featureId: "api_calls", includedGrant: Number(included) };
    if (command === "grant") return autumn.balances.create({ ...balance, reset: { interval: "month" } });
    return autumn.balances.update(balance);
  }),
);
