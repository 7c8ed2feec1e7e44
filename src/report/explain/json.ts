// What a customer has and why, as a document for machines.
import { explainDocument, type JsonDocument } from "../../document/index.ts";
import type { ExplainedRow } from "../../explain/index.ts";
import type { DesiredBalance } from "../../schema/index.ts";
import type { ExplainReport } from "./words.ts";

/** What `explain --format json` prints. */
export const explainJson = ({ git, plan, features, ...report }: ExplainReport): JsonDocument =>
  explainDocument.write({
    ...report,
    git: git.kind === "none" ? { status: "none", reason: git.reason } : { ...git, status: "read" },
    isPlanned: plan !== null,
    features: features.map(({ kind, isOnByPlan, isUnlimited, rows, ...feature }) => ({
      ...feature,
      type: kind,
      onByPlan: isOnByPlan,
      unlimited: isUnlimited,
      balances: rows.map(balanceOf),
    })),
  }) as JsonDocument;

const balanceOf = ({ replacedBy, use, entry, broughtBy, ...row }: ExplainedRow) => ({
  ...row,
  replacedBy: replacedBy?.balanceId ?? null,
  useOrder: use,
  entry,
  metadata: entry && metadataOf(entry),
  broughtBy: broughtBy && {
    happened: broughtBy.before === null ? ("appeared" as const) : ("changed" as const),
    commit: broughtBy.commit,
  },
});

const metadataOf = ({ note, isProtected, startsAt }: DesiredBalance) => ({
  reason: note?.reason ?? null,
  ticket: note?.ticket ?? null,
  owner: note?.owner ?? null,
  protected: isProtected ?? false,
  startsAt: startsAt ?? null,
});
