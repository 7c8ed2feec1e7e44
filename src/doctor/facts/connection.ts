// How the server answers at all: versions, routes, headers.
import { API_VERSION } from "../../autumn/index.ts";
import { type Bench, isAnswer, isOk, told } from "../bench.ts";
import { type FactGroup, verdict } from "../fact.ts";

/**
 * ms by which the clocks may differ. Runs correct theirs by the server's `Date` (`ServerClock`), as far as it is sent.
 */
const CLOCK_TOLERANCE_MS = 30_000;

export const connection: FactGroup = {
  title: "Connection",
  facts: [
    {
      id: "api-version-accepted",
      promise: "plan_is_the_truth",
      expected: `API version ${API_VERSION}, which this tool sends, is accepted`,
      otherwise:
        "Nothing works: every call is refused. Update autumn-balances, or the server where it is your own.",
      withoutCustomer: true,
      probe: async (bench) => {
        const answer = await bench.post("features.list", {});
        return verdict(isOk(answer), `features.list at ${API_VERSION}: ${told(answer)}`);
      },
    },
    {
      id: "unknown-version-refused",
      promise: "plan_is_the_truth",
      expected: "a version that does not exist is refused with 400 invalid_api_version",
      otherwise:
        "The version is not looked at, so another meaning of a field would pass unnoticed. Compare a plan with the dashboard before you apply it, after every update of the server.",
      withoutCustomer: true,
      probe: async (bench) => {
        const answer = await bench.post("features.list", {}, { apiVersion: "99.0.0" });
        return verdict(
          isAnswer(answer, 400, "invalid_api_version"),
          `features.list at 99.0.0: ${told(answer)}`,
        );
      },
    },
    {
      id: "unknown-route-told",
      promise: "plan_is_the_truth",
      expected: "a route that the server does not have is answered with 401 no_auth_header",
      otherwise:
        "The tool cannot tell a server without balances.list from a failure: plans end with an error instead of reading in another way. Nothing is changed by mistake.",
      withoutCustomer: true,
      probe: async (bench) => {
        const answer = await bench.post("balances.no_such_route", {});
        return verdict(isAnswer(answer, 401, "no_auth_header"), `a made-up route: ${told(answer)}`);
      },
    },
    {
      id: "missing-customer-told",
      promise: "never_grant_twice",
      expected:
        "a customer that does not exist is 404 customer_not_found in customers.get and GET balances/list",
      otherwise:
        "A customer that is missing cannot be told from one without balances. Declare only customers that exist, and leave `create_customers` off.",
      withoutCustomer: true,
      probe: missingCustomer,
    },
    {
      id: "date-header",
      promise: "never_lose_usage",
      expected: "every answer tells the server's time in a Date header",
      otherwise:
        "Whether a balance has ended is judged by this machine's clock: keep it set by NTP. Whatever stands between may drop the header.",
      withoutCustomer: true,
      probe: async (bench) => {
        const { headers } = await bench.post("features.list", {});
        const date = headers.get("date");
        return verdict(
          !Number.isNaN(Date.parse(date ?? "")),
          date === null ? "no Date header" : `Date: ${date}`,
        );
      },
    },
    {
      id: "clocks-agree",
      promise: "plan_is_the_truth",
      expected: "this machine's clock and the server's differ by less than 30 s",
      otherwise:
        "Plans and applies go by the server's clock. What makes no call, such as `forecast`, goes by this machine's, and may show another phase than the one that is applied. Set this machine's clock (NTP).",
      needs: ["date-header"],
      withoutCustomer: true,
      probe: async ({ workshop }) => {
        const ahead = workshop.now - workshop.localNow;
        const seconds = Math.round(Math.abs(ahead) / 1000);
        const seen =
          seconds <= 1 ? "they agree" : `the server's is ${seconds} s ${ahead > 0 ? "ahead" : "behind"}`;
        return verdict(Math.abs(ahead) < CLOCK_TOLERANCE_MS, seen);
      },
    },
    {
      id: "rate-limit-told",
      promise: "plan_is_the_truth",
      expected: "answers tell the rate limit (ratelimit-limit, -remaining, -reset), or nothing of it at all",
      otherwise:
        "The pace cannot follow what others use. The tool keeps to the published limits; go slower with --rate where production traffic is refused.",
      withoutCustomer: true,
      probe: rateLimit,
    },
  ],
};

async function missingCustomer(bench: Bench) {
  const nobody = `${bench.workshop.name}-nobody`;
  const got = await bench.post("customers.get", { customer_id: nobody });
  const listed = await bench.workshop.ask({
    method: "GET",
    path: `/v1/balances/list?customer_id=${encodeURIComponent(nobody)}`,
    group: "balances",
    customerId: nobody,
    effect: "none",
  });
  const isTold = [got, listed].every((answer) => isAnswer(answer, 404, "customer_not_found"));
  return verdict(isTold, `customers.get: ${told(got)}; GET balances/list: ${told(listed)}`);
}

async function rateLimit(bench: Bench) {
  const { headers } = await bench.post("features.list", {});
  const names = ["ratelimit-limit", "ratelimit-remaining", "ratelimit-reset"];
  const there = names.filter((name) => headers.has(name));
  if (there.length === 0) return verdict(true, "none: published limits are kept to", "not told");
  const unread = names.filter((name) => !/^\d+(\.\d+)?$/.test(headers.get(name) ?? ""));
  const policy = headers.get("ratelimit-policy");
  return unread.length > 0
    ? verdict(false, `not there or no number: ${unread.join(", ")}`)
    : verdict(
        true,
        `${headers.get("ratelimit-limit")} calls${policy === null ? "" : ` (policy ${policy})`}`,
        "told",
      );
}
