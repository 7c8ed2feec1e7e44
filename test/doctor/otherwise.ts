// For every fact, a server that is like the emulator but for this one fact.
import { setImmediate as turn } from "node:timers/promises";
import type { EmulatorOptions } from "../../src/emulator/index.ts";
import type { Asked, Json, StoredRow } from "./asked.ts";
import type { LaboratoryOptions, Otherwise } from "./laboratory.ts";

const DAY = 86_400_000;
/** Turns of the event loop in which calls that were sent at once have all arrived. */
const TURNS = 200;

/** Calls of one route are answered in another way, or (`undefined`) as ever. */
function on(route: string, answer: (asked: Asked) => Promise<Response | undefined> | Response | undefined) {
  return server(async (asked) => (asked.route === route ? await answer(asked) : undefined) ?? asked.pass());
}

const server = (otherwise: Otherwise, emulator?: EmulatorOptions): LaboratoryOptions => ({
  otherwise,
  ...(emulator === undefined ? {} : { emulator }),
});

/** Before a create, the row that has the id already gives it up, if it is one of these. */
function givingUpId(isOne: (row: StoredRow, asked: Asked) => boolean): LaboratoryOptions {
  return before((row, asked) => {
    if (asked.route !== "balances.create" || row.externalId !== asked.body.balance_id) return false;
    if (isOne(row, asked)) row.externalId = null;
    return row.externalId === null;
  });
}

/** A delete removes rows that cannot be removed. */
function deleting(isOne: (row: StoredRow, asked: Asked) => boolean): LaboratoryOptions {
  return on("balances.delete", (asked) => {
    const row = asked.named();
    if (row === undefined || !isOne(row, asked)) return undefined;
    asked.change((rows) => {
      const at = rows.findIndex(({ externalId }) => externalId === row.externalId);
      rows.splice(at, 1);
    });
    return asked.success();
  });
}

/** What is tracked lands on a row on which it should not. */
function landingOn(isOne: (row: StoredRow, asked: Asked) => boolean): LaboratoryOptions {
  return on("balances.track", async (asked) => {
    const wrong = asked.rows().find((row) => isOne(row, asked));
    const right = asked.rows().find((row) => !isOne(row, asked));
    if (wrong === undefined || right === undefined) return undefined;
    const response = await asked.pass();
    asked.change((rows) => {
      for (const row of rows) {
        row.unstored = null;
        if (row.externalId === wrong.externalId) row.balance -= Number(asked.body.value);
        if (row.externalId === right.externalId) row.balance += Number(asked.body.value);
      }
    });
    return response;
  });
}

/** Answers of GET balances/list, row by row; `undefined` leaves one out. */
function reading(change: (row: Json, asked: Asked) => Json | undefined): LaboratoryOptions {
  return on("balances/list", (asked) =>
    asked.passAnd((answer) => {
      answer.balances = (answer.balances as Json[]).flatMap((row) => change(row, asked) ?? []);
    }),
  );
}

/** Something is done to rows before any call is handled. @param edit says whether it did anything */
function before(edit: (row: StoredRow, asked: Asked) => boolean): LaboratoryOptions {
  return server((asked) => {
    // Calls that are being handled hold what was stored before, so it is left alone where nothing is to be done.
    if (asked.rows().some((row) => edit(row, asked))) {
      asked.change((rows) => {
        for (const row of rows) edit(row, asked);
      });
    }
    return asked.pass();
  });
}

const isAdding = ({ body }: Asked): boolean => typeof body.add_to_balance === "number";
const isTaking = ({ body }: Asked): boolean => Number(body.add_to_balance) < 0;
const isDue = ({ nextResetAt }: StoredRow, { now }: Asked): boolean =>
  nextResetAt !== null && nextResetAt <= now;
const isEnd = ({ body }: Asked): boolean => typeof body.expires_at === "number";

export const OTHERWISE: Readonly<Record<string, LaboratoryOptions>> = {
  "api-version-accepted": on("features.list", (asked) =>
    asked.headers.get("x-api-version") === "2.3.0" && asked.key === null
      ? asked.refuse(400, "invalid_api_version")
      : undefined,
  ),
  "unknown-version-refused": server((asked) => {
    asked.headers.delete("x-api-version");
    return asked.pass();
  }),
  "unknown-route-told": on("balances.no_such_route", (asked) => asked.refuse(404, "not_found")),
  "missing-customer-told": on("customers.get", async (asked) => {
    const response = await asked.pass();
    return response.status === 404 ? asked.answer(200, { id: asked.customerId, balances: {} }) : response;
  }),
  "date-header": server(async (asked) => {
    const response = await asked.pass();
    response.headers.delete("date");
    return response;
  }),
  "clocks-agree": { ahead: 300_000 },
  "rate-limit-told": on("features.list", async (asked) => {
    const response = await asked.pass();
    response.headers.set("ratelimit-limit", "25");
    return response;
  }),

  "taken-id-refused": givingUpId(
    (row, asked) => !asked.isExpired(row) && !asked.isDrained(row) && row.featureId === asked.body.feature_id,
  ),
  "id-spans-features": givingUpId((row, asked) => row.featureId !== asked.body.feature_id),
  "exact-id-updated": on("balances.update", (asked) =>
    asked.rows().length === 2 && "included_grant" in asked.body
      ? asked.pass({ balance_id: undefined })
      : undefined,
  ),
  "unknown-id-not-updated": on("balances.update", (asked) =>
    isAdding(asked) && asked.named() === undefined ? asked.pass({ balance_id: undefined }) : undefined,
  ),
  "exact-id-deleted": on("balances.delete", (asked) =>
    asked.rows().length === 2 ? asked.pass({ balance_id: undefined }) : undefined,
  ),
  "old-row-reachable": on("balances.update", (asked) => {
    const reached = asked.rows().slice(-30);
    const isReached = reached.some(({ externalId }) => externalId === asked.body.balance_id);
    return isReached || asked.named() === undefined ? undefined : asked.refuse(404, "balance_not_found");
  }),

  "key-kept-after-success": server((asked) => asked.pass({}, { key: null })),
  "key-spans-routes": server((asked) =>
    asked.pass({}, { key: asked.key === null ? null : `${asked.route} ${asked.key}` }),
  ),
  "key-leases-flush": on("balances.update", (asked) =>
    asked.body.add_to_balance === 0 ? asked.pass({}, { key: null }) : undefined,
  ),
  "key-one-of-ten": crossingKeys(),
  "key-kept-after-conflict": server(async (asked) => {
    const { key } = asked;
    const response = await asked.pass();
    const { code } = (await response.clone().json()) as Json;
    if (key !== null && response.status === 409 && code !== "duplicate_idempotency_key")
      asked.changeKeys((keys) => keys.delete(key));
    return response;
  }),
  "key-freed-by-refusal": server(async (asked) => {
    const { key, now } = asked;
    const response = await asked.pass();
    if (key !== null && response.status === 404) asked.changeKeys((keys) => keys.set(key, now + DAY));
    return response;
  }),

  "usage-is-stored": { emulator: { storeDelayMs: 1_000 * DAY } },
  "grant-and-add-keep-usage": on("balances.update", (asked) => {
    const row = asked.named();
    const isUsed = row !== undefined && row.balance !== row.allowance;
    return isUsed && "included_grant" in asked.body && isAdding(asked)
      ? asked.pass({ add_to_balance: undefined })
      : undefined;
  }),
  "grant-alone-keeps-remaining": on("balances.update", (asked) => {
    const row = asked.named();
    const { included_grant: grant } = asked.body;
    if (row === undefined || typeof grant !== "number" || isAdding(asked)) return undefined;
    return asked.pass({ add_to_balance: grant - row.allowance - row.adjustment });
  }),
  "add-carries-usage": on("balances.update", (asked) =>
    isTaking(asked) ? asked.pass({ add_to_balance: Number(asked.body.add_to_balance) / 2 }) : undefined,
  ),
  "usage-set-exactly": on("balances.update", (asked) =>
    typeof asked.body.usage === "number" ? asked.pass({ usage: asked.body.usage - 1 }) : undefined,
  ),
  "flush-changes-nothing": on("balances.update", (asked) =>
    asked.body.add_to_balance === 0 ? asked.pass({ add_to_balance: 1 }) : undefined,
  ),
  // It takes the key all the same, by a call that stores nothing.
  "flush-stores-usage": on("balances.update", async (asked) => {
    if (asked.body.add_to_balance !== 0) return undefined;
    const response = await asked.pass({}, { route: "features.list" });
    return response.ok ? asked.success() : response;
  }),
  "updates-land": on("balances.update", (asked) =>
    Number(asked.body.add_to_balance) > 0 && !("included_grant" in asked.body) && asked.named()
      ? asked.success()
      : undefined,
  ),

  "row-can-be-ended": on("balances.update", (asked) => {
    const row = asked.named();
    return isEnd(asked) && row !== undefined && !asked.isDrained(row)
      ? asked.refuse(400, "invalid_request")
      : undefined;
  }),
  "ended-row-readable": reading((row, { now }) =>
    typeof row.expires_at === "number" && row.expires_at <= now ? undefined : row,
  ),
  "ended-row-takes-nothing": landingOn((row, asked) => asked.isExpired(row)),
  "ended-row-keeps-id": givingUpId((row, asked) => asked.isExpired(row)),
  "ended-row-is-closed": deleting((row, asked) => asked.isExpired(row)),
  "end-cannot-be-cleared": on("balances.update", (asked) => {
    if (asked.body.expires_at !== null) return undefined;
    asked.change((rows) => {
      for (const row of rows) row.expiresAt = null;
    });
    return asked.success();
  }),
  "every-kind-ends": on("balances.update", (asked) =>
    isEnd(asked) && asked.named()?.unlimited === true ? asked.refuse(400, "invalid_request") : undefined,
  ),
  "ended-row-keeps-cycle": on("balances.update", async (asked) => {
    if (!isEnd(asked)) return undefined;
    const response = await asked.pass();
    asked.change((rows) => {
      for (const row of rows) if (row.externalId === asked.body.balance_id) row.nextResetAt = null;
    });
    return response;
  }),

  "drained-row-hidden": on("customers.get", (asked) =>
    asked.passAnd((answer) => {
      const drained = asked.rows().filter((row) => asked.isDrained(row));
      const shown = drained.map(({ externalId, featureId, allowance }) => ({
        [featureId]: { feature_id: featureId, breakdown: [shownRow(externalId, allowance)] },
      }));
      answer.balances = Object.assign({}, answer.balances, ...shown);
    }),
  ),
  "drained-row-keeps-id": givingUpId((row, asked) => asked.isDrained(row)),
  "drained-row-is-closed": deleting((row, asked) => asked.isDrained(row)),
  "drained-successor-takes-over": landingOn((row, asked) => asked.isDrained(row)),

  "first-reset-kept": on("balances.create", (asked) => {
    const { next_reset_at: at } = asked.body;
    return typeof at === "number" ? asked.pass({ next_reset_at: Math.ceil(at / 1000) * 1000 }) : undefined;
  }),
  "next-reset-moved-with-units": on("balances.update", (asked) =>
    "next_reset_at" in asked.body ? asked.pass({ add_to_balance: undefined }) : undefined,
  ),
  "interval-count-defaults": on("balances.create", (asked) => {
    const reset = asked.body.reset as Json | undefined;
    return reset?.interval_count === 2 ? asked.pass({ reset: { interval: reset.interval } }) : undefined;
  }),
  "rollover-kept": on("balances.create", (asked) => {
    const rollover = asked.body.rollover as Json | undefined;
    return rollover === undefined ? undefined : asked.pass({ rollover: { ...rollover, max: 39 } });
  }),
  "creation-grant-told": reading((row) => {
    const entitlement = row.entitlement as Json;
    const allowance = Number(entitlement.allowance) + Number(row.adjustment);
    return { ...row, adjustment: 0, entitlement: { ...entitlement, allowance } };
  }),
  "grant-falls-back-at-reset": lastingUpdates(),
  "ended-row-stays-at-reset": before((row, asked) => {
    const isRevived = asked.isExpired(row) && isDue(row, asked);
    if (isRevived) row.expiresAt = null;
    return isRevived;
  }),
  "drained-row-returns-at-reset": before((row, asked) => {
    const isKept = asked.isDrained(row) && isDue(row, asked);
    if (isKept) row.nextResetAt = asked.now + 30 * DAY;
    return isKept;
  }),

  "raw-read-complete": reading((row, asked) => {
    const hasUnlimited = asked.rows().some(({ unlimited }) => unlimited);
    return hasUnlimited && row.balance === 0 && row.unlimited === false ? undefined : row;
  }),
  "balances-list-complete": {
    emulator: { level: "2026-10" },
    ...on("balances.list", (asked) =>
      asked.passAnd((answer) => {
        answer.list = (answer.list as Json[]).filter(({ unlimited }) => unlimited !== true);
      }),
    ),
  },
  "listed-amounts-agree": {
    emulator: { level: "2026-10" },
    ...on("balances.list", (asked) =>
      asked.passAnd((answer) => {
        for (const row of answer.list as Json[]) row.usage = 0;
      }),
    ),
  },
  "entity-rows-told-apart": reading((row) => ({ ...row, internal_entity_id: null })),

  "limit-cuts-added-units": on("balances.update", (asked) =>
    asked.isLimited && isTaking(asked) ? asked.pass({ add_to_balance: -5 }) : undefined,
  ),
  "limit-spares-set-usage": on("balances.update", (asked) =>
    asked.isLimited && typeof asked.body.usage === "number" ? asked.pass({ usage: 40 }) : undefined,
  ),
};

function shownRow(id: string | null, grant: number): Json {
  return {
    id,
    plan_id: null,
    included_grant: grant,
    prepaid_grant: 0,
    remaining: 0,
    usage: grant,
    unlimited: false,
    reset: null,
    price: null,
    expires_at: null,
  };
}

/** A key is looked up when a create arrives and taken when it ends, so that creates that cross all pass. */
function crossingKeys(): LaboratoryOptions {
  return on("balances.create", async (asked) => {
    const { key, now } = asked;
    if (key === null) return undefined;
    const isTaken = new Map(asked.emulator.snapshot().idempotencyKeys).has(key);
    for (let n = 0; n < TURNS; n++) await turn();
    const response = await asked.pass({}, isTaken ? {} : { key: null });
    if (response.ok || response.status === 409) asked.changeKeys((keys) => keys.set(key, now + DAY));
    return response;
  });
}

/** What an update gives is given again at each reset. */
function lastingUpdates(): LaboratoryOptions {
  return server(async (asked) => {
    const moved = asked.rows().filter((row) => row.adjustment > 0 && isDue(row, asked));
    const response = await asked.pass();
    if (moved.length === 0) return response;
    asked.change((rows) => {
      for (const row of rows) {
        const was = moved.find(({ externalId }) => externalId === row.externalId);
        if (was === undefined || isDue(row, asked)) continue;
        row.adjustment = was.adjustment;
        row.balance = row.allowance + was.adjustment;
      }
    });
    return response;
  });
}
