// The loop by somebody who knows Autumn: every balance has an id of its own, so that none is granted twice; what is
// refused or fails is sent again; and a raise reads what is granted, and moves what is left by the difference.
import { Autumn } from "autumn-js";

const [command, count, amount] = process.argv.slice(2);
const included = Number(amount);
const autumn = new Autumn({
  secretKey: process.env.AUTUMN_SECRET_KEY,
  serverURL: process.env.AUTUMN_BASE_URL,
  retryConfig: { strategy: "backoff", retryConnectionErrors: true },
});

for (let n = 0; n < Number(count); n++) {
  const balance = { customerId: `customer_${n}`, featureId: "api_calls", balanceId: "contract" };
  if (command === "grant") await grant(balance);
  else await raise(balance);
}

async function grant(balance) {
  try {
    await autumn.balances.create({ ...balance, includedGrant: included, reset: { interval: "month" } });
  } catch (error) {
    // It is there already.
    if (error.statusCode !== 409) throw error;
  }
}

async function raise(balance) {
  const { balances } = await autumn.customers.get({ customerId: balance.customerId });
  const row = balances[balance.featureId]?.breakdown?.find(({ id }) => id === balance.balanceId);
  if (row === undefined) throw new Error(`${balance.customerId} has no such balance`);
  if (row.includedGrant === included) return;
  await autumn.balances.update({
    ...balance,
    includedGrant: included,
    addToBalance: included - row.includedGrant,
  });
}
