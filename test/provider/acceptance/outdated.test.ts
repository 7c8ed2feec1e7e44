// What happens to a balance between a plan and its apply.
import { describe, expect, it } from "vitest";
import { hasTerraform, Workspace } from "./terraform.ts";
import { LEVELS, rowsOf, send, start, track } from "./world.ts";

const balance = (included: number): string => `resource "autumn_balance" "calls" {
  customer_id = "acme"
  feature_id  = "api_calls"
  included    = ${included}
}
output "remote_id" {
  value = autumn_balance.calls.remote_id
}
`;

const target = { customer_id: "acme", feature_id: "api_calls" };
const ROW = { ...target, balance_id: "terraform:api_calls" };

/** A plan to raise a balance from 100 to 150, in the file `raise`. */
async function planned(level: (typeof LEVELS)[number]) {
  const emulator = await start(level);
  const workspace = await Workspace.with(emulator, balance(100));
  await workspace.apply();
  workspace.write(balance(150));
  await workspace.plan("-out=raise");
  const refused = async (): Promise<string> => {
    const { code, output } = await workspace.run("apply", "raise");
    expect(code, output).toBe(1);
    expect(output).not.toContain("bug in the provider");
    return output.replaceAll(/\s+/g, " ");
  };
  return { emulator, workspace, refused };
}

describe.skipIf(!hasTerraform).each(LEVELS)("after a plan, server of %s", (level) => {
  it("a balance that is used up by now is not replaced, which the plan did not show", async () => {
    const { emulator, workspace, refused } = await planned(level);
    await track(emulator, { ...target, value: 100 });
    const output = await refused();
    expect(output).toContain("terraform:api_calls has changed since Terraform read it");
    expect(output).toContain("It is used up, and the API cannot change a used-up balance. Plan again");
    expect(await rowsOf(emulator, "acme")).toHaveLength(1);
    await workspace.apply();
    expect((await workspace.plan()).code).toBe(0);
    expect(await rowsOf(emulator, "acme")).toContainEqual(
      expect.objectContaining({ id: "terraform:api_calls~2", grant: 150, usage: 100 }),
    );
  });

  it("a balance that is gone by now is not granted anew, which the plan did not show", async () => {
    const { emulator, workspace, refused } = await planned(level);
    await send(emulator, "POST", "balances.delete", ROW);
    expect(await refused()).toContain("It is not there any more. Plan again");
    expect(await rowsOf(emulator, "acme")).toEqual([]);
    await workspace.apply();
    expect(await rowsOf(emulator, "acme")).toEqual([expect.objectContaining({ grant: 150, usage: 0 })]);
  });

  it("a balance that a killed apply of the same plan has granted is taken over", async () => {
    const emulator = await start(level);
    const workspace = await Workspace.with(emulator, balance(100));
    await workspace.plan("-out=grant");
    await send(emulator, "POST", "balances.create", { ...ROW, included_grant: 100 });
    const { output } = await workspace.must("apply", "grant");
    expect(output).toContain("acme has the balance terraform:api_calls already");
    expect(await rowsOf(emulator, "acme")).toHaveLength(1);
    expect((await workspace.plan()).code).toBe(0);
  });
});
