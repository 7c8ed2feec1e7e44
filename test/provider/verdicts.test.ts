// What is refused of a change, by what it is and not by the words of its reasons.
import { describe, expect, it } from "vitest";
import { refuseBlocked, refuseCut, tellingHowToDestroy } from "../../src/provider/diagnostics.ts";
import type { DiagnosticError } from "../../src/provider/protocol/index.ts";
import type { Change } from "../../src/reconcile/index.ts";
import { change, desired, row } from "../report/plans.ts";

const blocked = (fields: Partial<Change>): Change =>
  change("blocked", { desired: desired(), row: row(), ...fields });

const waits = (name: string) => ({
  code: "waits-for-reset" as const,
  text: `${name} is used up; the API can change or remove it only after its reset`,
});

describe("a blocked change", () => {
  it("is none of the balance that is as declared, however the row before it is called", () => {
    for (const name of ["contracts:api_calls", "contracts:api_calls~2", "contracts:api", "somebody's"]) {
      expect(() => refuseBlocked(blocked({ reasons: [waits(name)], unblocksAt: 1 }))).not.toThrow();
    }
  });

  it("is refused where the balance itself has to wait", () => {
    const fields = [{ field: "expires_at", from: null, to: "2031-01-31T00:00:00Z" }] as const;
    for (const name of ["contracts:api_calls", "another"]) {
      const change = blocked({ reasons: [waits(name)], fields, unblocksAt: Date.UTC(2027, 0) });
      expect(() => refuseBlocked(change)).toThrow("contracts:api_calls cannot be changed now");
    }
    expect(() =>
      refuseBlocked(blocked({ desired: null, reasons: [waits("contracts:api_calls")] })),
    ).toThrow();
  });

  it("says what a configuration can do", () => {
    const details = (code: Change["reasons"][number]["code"], text: string) => {
      try {
        refuseBlocked(blocked({ reasons: [{ code, text }] }));
      } catch (error) {
        return (error as DiagnosticError).diagnostics[0]?.detail;
      }
      return undefined;
    };
    expect(details("flag-is-on", "sso is on already, by login; take that one over with `adopt`")).toBe(
      "sso is on already, by login; take that one over with `terraform import`.",
    );
    expect(details("past-expiry", "remove the entry and prune")).toContain("remove the resource, or write");
  });
});

describe("a cut below what is used", () => {
  const cut = (fields: Partial<Change>) =>
    change("update", { desired: desired({ included: 50 }), row: row({ grant: 100, usage: 60 }), ...fields });
  const detailOf = (work: () => void): string | undefined => {
    try {
      work();
    } catch (error) {
      return (error as DiagnosticError).diagnostics[0]?.detail;
    }
    return undefined;
  };

  it("is refused with what stays used of all rows", () => {
    expect(detailOf(() => refuseCut(cut({}), false))).toMatch(/^60 are used, and 50 would be granted/);
    const two = { ...cut({ creates: true, carries: 70, row: row({ usage: 40 }) }), kind: "replace" as const };
    expect(detailOf(() => refuseCut(two, false))).toMatch(/^70 are used/);
    expect(detailOf(() => refuseCut(cut({}), true))).toBeUndefined();
  });

  it("is not forced where usage may be none", () => {
    const raised = cut({ row: row({ grant: 1000, creationGrant: 100, usage: 905, remaining: 95 }) });
    const detail = detailOf(() => refuseCut(raised, false));
    expect(detail).toContain(
      "elsewhere by included_grant alone, only 5 are used: have Autumn set its usage to 5",
    );
    expect(detail).not.toContain("force");
  });

  it("does not keep a balance from being destroyed", async () => {
    const work = async () => refuseCut(cut({}), false);
    await expect(tellingHowToDestroy(work())).rejects.toMatchObject({
      diagnostics: [
        {
          path: ["included"],
          detail: expect.stringMatching(/To destroy it .*: terraform destroy -refresh=false$/),
        },
      ],
    });
    await expect(tellingHowToDestroy(Promise.reject(new Error("other")))).rejects.toThrow("other");
  });
});
