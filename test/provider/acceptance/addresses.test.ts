// Balances that get another address in the configuration: nothing is lost, whichever resource Terraform asks for first.
import { describe, expect, it } from "vitest";
import { hasTerraform, Workspace } from "./terraform.ts";
import { listen, rowsOf, start, track } from "./world.ts";

const balance = (name: string, rest = "", included = 20): string => `resource "autumn_balance" "${name}" {
  customer_id = "acme"
  feature_id  = "api_calls"
  included    = ${included}
  ${rest}
}
`;

const moved = (from: string, to: string): string =>
  `moved {\n  from = autumn_balance.${from}\n  to   = autumn_balance.${to}\n}\n`;

/** As one line, since Terraform breaks lines where it likes. */
const flat = (output: string): string => output.replaceAll(/\s+/g, " ");

const MOVED = "acme/api_calls is destroyed at one address and created at another";
const KEPT = [expect.objectContaining({ id: "terraform:api_calls", grant: 20, usage: 7 })];

/** A workspace with the balance `one`, of which 7 are used. */
async function used(configuration = balance("one")) {
  const emulator = await start("2026-10");
  const workspace = await Workspace.with(emulator, configuration);
  await workspace.apply();
  await track(emulator, { customer_id: "acme", feature_id: "api_calls", value: 7 });
  return { emulator, workspace };
}

describe.skipIf(!hasTerraform)("an address that changes", () => {
  it.each(["-refresh=true", "-parallelism=1", "-refresh=false"])(
    "is refused without a `moved` block (%s)",
    async (option) => {
      const { emulator, workspace } = await used();
      const requests = listen(emulator);
      workspace.write(balance("renamed"));
      const error = flat(await workspace.planError(option));
      expect(error).toContain(MOVED);
      expect(error).toContain("moved { from = <the address before> to = <the address now> }");
      const applied = await workspace.run("apply", "-auto-approve", option);
      expect(applied.code).toBe(1);
      expect(flat(applied.output)).toContain(MOVED);
      expect(requests().filter((route) => /balances\.(create|update|delete)$/.test(route))).toEqual([]);
      expect(await rowsOf(emulator, "acme")).toEqual(KEPT);

      workspace.write(balance("renamed") + moved("one", "renamed"));
      expect((await workspace.apply(option)).output).toContain("0 added, 0 changed, 0 destroyed");
      expect(await rowsOf(emulator, "acme")).toEqual(KEPT);
    },
  );

  it("does not keep from destroying first and granting anew, or from destroying everything", async () => {
    const { emulator, workspace } = await used();
    workspace.write(balance("renamed", "", 21));
    await workspace.apply("-target=autumn_balance.one");
    expect(await rowsOf(emulator, "acme")).toEqual([]);
    await workspace.apply();
    expect(await rowsOf(emulator, "acme")).toEqual([expect.objectContaining({ grant: 21, usage: 0 })]);
    // Before it destroys, Terraform plans as if it would not; unless it need not look.
    workspace.write(balance("again", "", 21));
    const destroyed = await workspace.destroy("-refresh=false");
    expect(destroyed.code, destroyed.output).toBe(0);
    expect(await rowsOf(emulator, "acme")).toEqual([]);
  });

  it("is refused when a name goes to another resource, and not when it is given up", async () => {
    // What is used is used of the older row.
    const second = 'balance_id = "second"\n  depends_on = [autumn_balance.one]';
    const { emulator, workspace } = await used(balance("one") + balance("two", second));
    workspace.write(balance("one", 'balance_id = "third"') + balance("two", 'balance_id = "api_calls"'));
    expect(flat(await workspace.planError())).toContain(MOVED);
    workspace.write(balance("one", 'balance_id = "second"') + balance("two", 'balance_id = "api_calls"'));
    expect(flat(await workspace.planError())).toMatch(
      /acme\/\w+ is destroyed at one address and created at another/,
    );
    expect(await rowsOf(emulator, "acme")).toContainEqual(KEPT[0]);

    workspace.write(balance("one", 'balance_id = "third"') + balance("two", 'balance_id = "second"'));
    const plan = await workspace.plan();
    expect(plan.output).toContain("1 to add, 0 to change, 1 to destroy");
    await workspace.apply();
    expect((await rowsOf(emulator, "acme")).map(({ id }) => id)).toEqual([
      "terraform:second",
      "terraform:third",
    ]);
  });

  it("is not granted anew in one run when the plan could not tell that it is one balance", async () => {
    const { emulator, workspace } = await used();
    const late = 'resource "terraform_data" "late" {\n  input = "acme"\n}\n';
    workspace.write(late + balance("renamed").replace('"acme"', "terraform_data.late.output"));
    expect((await workspace.plan()).output).toContain("2 to add, 0 to change, 1 to destroy");
    const { code, output } = await workspace.run("apply", "-auto-approve");
    const rows = await rowsOf(emulator, "acme");
    // Which of the two Terraform begins with is open.
    if (code === 0) {
      expect(output).toContain("acme/api_calls stays");
      expect(rows).toEqual(KEPT);
    } else {
      expect(flat(output)).toContain("acme/api_calls was destroyed a moment ago, at another address");
      expect(rows).toEqual([]);
    }
  });

  it("is one of two for one balance: neither is added, and neither takes the balance from the other", async () => {
    const { emulator, workspace } = await used();
    workspace.write(balance("one") + balance("two"));
    expect(await workspace.planError()).toContain("Two resources are the balance acme/api_calls");
    // Imported, both are in the state.
    workspace.write(
      `${balance("one") + balance("two")}import {\n  to = autumn_balance.two\n  id = "acme/api_calls"\n}\n`,
    );
    await workspace.apply();
    workspace.write(balance("two"));
    const error = flat(await workspace.planError());
    expect(error).toContain("Two resources of the state are the balance acme/api_calls");
    workspace.write(
      `${balance("two")}removed {\n  from = autumn_balance.one\n  lifecycle {\n    destroy = false\n  }\n}\n`,
    );
    await workspace.apply();
    expect(await rowsOf(emulator, "acme")).toEqual(KEPT);
    expect((await workspace.plan()).code).toBe(0);
  });
});
