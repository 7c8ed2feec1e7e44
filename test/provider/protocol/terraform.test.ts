// The toy provider under the real terraform.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { asleepIn, start, until } from "./plugin.ts";
import { hasTerraform, outcomeOf, Workspace } from "./terraform.ts";

const EVERYTHING = `
resource "toy_note" "all" {
  title    = "hello"
  author   = "me"
  weight   = 0.1
  urgent   = true
  tags     = ["a", "b"]
  labels   = { constructor = "c", "with space" = "d" }
  readers  = ["z", "y", "z"]
  anything = { deep = [1, "two", null, 0.3] }
  reset    = { interval = "month" }
  pages    = [{ text = "one" }, { text = "two" }]
  secret   = "hush"
}
`;

describe.skipIf(!hasTerraform)("a provider under terraform", () => {
  it("creates, shows nothing to do, updates in place, replaces, and destroys", async () => {
    const workspace = await Workspace.with(EVERYTHING, { isStarting: true });
    expect((await workspace.run("validate")).output).toContain("The configuration is valid.");
    const first = await workspace.plan();
    expect(first.code).toBe(2);
    expect(first.output).toContain("+ id       = (known after apply)");
    expect(first.output).toContain("(sensitive value)");
    expect(first.output).not.toContain("hush");

    await workspace.apply();
    expect(await workspace.attributesOf("toy_note.all")).toMatchObject({
      title: "hello",
      weight: 0.1,
      labels: { constructor: "c", "with space": "d" },
      readers: ["y", "z"],
      anything: { deep: [1, "two", null, 0.3] },
      reset: { interval: "month", count: null },
      pages: [{ text: "one" }, { text: "two" }],
      digest: "5",
    });
    expect((await workspace.plan()).code).toBe(0);

    workspace.write(EVERYTHING.replace('"hello"', '"longer"').replace('"a", "b"', '"a"'));
    const update = await workspace.plan();
    expect(update.output).toContain('~ digest   = "5" -> (known after apply)');
    expect(update.output).toContain("0 to add, 1 to change, 0 to destroy");
    await workspace.apply();
    expect((await workspace.plan()).code).toBe(0);

    workspace.write(EVERYTHING.replace('"me"', '"you"'));
    const replacement = await workspace.plan();
    expect(replacement.output).toMatch(/~ author\s+= "me" -> "you" # forces replacement/);
    await workspace.apply();
    expect(readdirSync(workspace.notes)).toHaveLength(1);
    expect((await workspace.plan()).code).toBe(0);

    expect((await workspace.run("destroy", "-auto-approve")).output).toContain("1 destroyed");
    expect(readdirSync(workspace.notes)).toEqual([]);
  });

  it("keeps numbers exactly, with an empty plan after each", async () => {
    const numbers = [
      "0.1",
      "9007199254740993",
      "-0.30000000000000000001",
      "1e21",
      "1/3",
      "0.5",
      "1e-9",
      "0",
      "-5e9",
      "1e300",
    ];
    const workspace = await Workspace.with(
      numbers
        .map((text, index) => `resource "toy_note" "n${index}" {\n  title  = "n"\n  weight = ${text}\n}\n`)
        .join(""),
    );
    await workspace.apply();
    const again = await workspace.plan();
    expect(again.output).toContain("No changes.");
    const state = readFileSync(join(workspace.folder, "terraform.tfstate"), "utf8");
    expect(state).toMatch(/"weight": 0\.1$/m);
    expect(state).toMatch(/"weight": 9007199254740993$/m);
    expect(state).toMatch(/"weight": -0\.30000000000000000001$/m);
  });

  it("takes values that another resource will know, and passes them on", async () => {
    const workspace = await Workspace.with(`
resource "terraform_data" "source" {
  input = "later"
}
resource "toy_note" "first" {
  title  = terraform_data.source.output
  author = "x"
  reset  = { interval = terraform_data.source.output }
}
resource "toy_note" "second" {
  title = "after \${toy_note.first.id}"
  tags  = [toy_note.first.digest]
}
`);
    const planned = await workspace.plan();
    expect(planned.output).toContain("title  = (known after apply)");
    await workspace.apply();
    expect(await workspace.attributesOf("toy_note.first")).toMatchObject({ title: "later", digest: "5" });
    expect(await workspace.attributesOf("toy_note.second")).toMatchObject({ tags: ["5"] });
    expect((await workspace.plan()).code).toBe(0);
  });

  it("sees what was changed or removed behind Terraform's back", async () => {
    const workspace = await Workspace.with(`resource "toy_note" "a" {\n  title = "mine"\n}\n`);
    await workspace.apply();
    const [name = ""] = readdirSync(workspace.notes);
    const file = join(workspace.notes, name);
    writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, "utf8")), title: "theirs" }));
    expect((await workspace.plan()).output).toContain('~ title  = "theirs" -> "mine"');
    await workspace.apply("-refresh=false");
    await workspace.apply();
    expect(JSON.parse(readFileSync(file, "utf8")).title).toBe("mine");
    await workspace.run("apply", "-destroy", "-auto-approve", "-refresh=false");
    expect(readdirSync(workspace.notes)).toEqual([]);
  });

  it("imports, by command and by block, with an empty plan", async () => {
    const workspace = await Workspace.with(
      `resource "toy_note" "a" {\n  title  = "there"\n  weight = 0.1\n}\n`,
    );
    await workspace.apply();
    const { id } = await workspace.attributesOf("toy_note.a");
    await workspace.run("state", "rm", "toy_note.a");
    expect((await workspace.run("import", "toy_note.a", String(id))).output).toContain("Import successful!");
    expect((await workspace.plan()).code).toBe(0);
    expect((await workspace.run("import", "toy_note.b", "x")).code).toBe(1);

    workspace.write(`import {\n  to = toy_note.b\n  id = "${id}"\n}\n`);
    await workspace.run("state", "rm", "toy_note.a");
    const generated = await workspace.plan("-generate-config-out=generated.tf");
    expect(generated.output).toContain("1 to import, 0 to add, 0 to change, 0 to destroy");
    expect(readFileSync(join(workspace.folder, "generated.tf"), "utf8")).toMatch(/weight\s+= 0\.1/);
    workspace.write(`import {\n  to = toy_note.b\n  id = "nowhere"\n}\n`);
    expect((await workspace.plan()).output).toContain("Error: There is no note nowhere");
  });

  it("tells errors and warnings at the line of the attribute", async () => {
    const workspace = await Workspace.with(
      `resource "toy_note" "a" {\n  title  = "a"\n  weight = 2000\n  reset = {\n    interval = "never"\n  }\n}\n`,
    );
    const { code, output } = await workspace.run("validate");
    expect(code).toBe(1);
    expect(output).toContain("Error: A note can't be reset never");
    expect(output).toMatch(/on main\.tf line 9, in resource "toy_note" "a":\n\s+9:\s+reset = \{/);
    expect(output).toContain("At reset.interval.");
    expect(output).toContain("Leave `reset` out.");
    expect(output).toMatch(/Warning: That is heavy[\s\S]*weight = 2000/);
    workspace.write(`resource "toy_note" "a" {\n  title = "throw"\n}\n`);
    expect((await workspace.run("validate")).output).toContain("Validating toy_note failed unexpectedly");
  });

  it("keeps what half came about, tainted", async () => {
    const workspace = await Workspace.with(`resource "toy_note" "a" {\n  title = "half"\n}\n`);
    const { code, output } = await workspace.run("apply", "-auto-approve");
    expect(code).toBe(1);
    expect(output).toContain("Only half of it came about");
    expect((await workspace.plan()).output).toContain("is tainted, so must be replaced");
  });

  it("applies a saved plan", async () => {
    const workspace = await Workspace.with(EVERYTHING);
    await workspace.plan("-out=saved");
    const { code, output } = await workspace.run("apply", "saved");
    expect(output).toContain("1 added");
    expect(code).toBe(0);
  });

  it("upgrades a state of an older schema", async () => {
    const workspace = await Workspace.with(`resource "toy_note" "a" {\n  title = "old"\n}\n`);
    await workspace.apply();
    const file = join(workspace.folder, "terraform.tfstate");
    const state = JSON.parse(readFileSync(file, "utf8"));
    const [instance] = state.resources[0].instances;
    instance.schema_version = 1;
    instance.attributes = { id: instance.attributes.id, name: "old", weight: 1 };
    writeFileSync(file, JSON.stringify(state));
    await workspace.apply();
    expect(await workspace.attributesOf("toy_note.a")).toMatchObject({ title: "old" });
    expect((await workspace.plan()).code).toBe(0);
    state.resources[0].instances[0].schema_version = 9;
    writeFileSync(file, JSON.stringify(state));
    expect((await workspace.plan()).output).toMatch(/newer/);
  });

  it("has functions, and data sources", async () => {
    const workspace = await Workspace.with(`
data "toy_shelf" "s" {
  name = "here"
}
output "double" {
  value = provider::toy::double(0.1)
}
output "joined" {
  value = provider::toy::joined("a", null, data.toy_shelf.s.notes[0].title)
}
`);
    const { output } = await workspace.apply();
    expect(output).toContain("double = 0.2");
    expect(output).toContain('joined = "a+null+about here"');
    workspace.write('output "bad" {\n  value = provider::toy::double(13)\n}\n');
    const failed = await workspace.plan();
    expect(failed.code).toBe(1);
    expect(failed.output).toMatch(/Invalid value for "of" parameter: 13 brings bad luck\./);
  });

  it("shows its schema", async () => {
    const workspace = await Workspace.with("");
    const schema = JSON.parse((await workspace.run("providers", "schema", "-json")).stdout);
    const { resource_schemas, data_source_schemas, functions, provider } =
      schema.provider_schemas["registry.terraform.io/example/toy"];
    expect(provider.block.attributes.folder).toEqual({
      type: "string",
      description_kind: "markdown",
      optional: true,
    });
    expect(Object.keys(resource_schemas)).toEqual(["toy_note", "toy_sleep"]);
    expect(resource_schemas.toy_note.version).toBe(2);
    expect(resource_schemas.toy_note.block.attributes.pages).toMatchObject({
      nested_type: { nesting_mode: "list", attributes: { text: { type: "string", required: true } } },
      optional: true,
    });
    expect(data_source_schemas.toy_shelf.block.attributes.notes.type).toEqual([
      "list",
      ["object", { title: "string", weight: "number" }],
    ]);
    expect(functions.double).toMatchObject({
      return_type: "number",
      parameters: [{ name: "of", type: "number" }],
    });
  });

  it("waits for a provider configuration that is known only later", async () => {
    const workspace = await Workspace.with(`
resource "terraform_data" "folder" {
  input = "x"
}
provider "toy" {
  folder = terraform_data.folder.output
}
resource "toy_note" "a" {
  title = "a"
}
`);
    const { code, output } = await workspace.plan();
    expect(code).toBe(1);
    expect(output).toContain("The folder is not known yet");
  });

  it("hears ^C, ends what runs, and keeps its state", async () => {
    const workspace = await Workspace.with(`resource "toy_sleep" "a" {\n  ms = 600000\n}\n`, {
      isStarting: true,
    });
    const terraform = await workspace.spawn(["apply", "-auto-approve"]);
    const outcome = outcomeOf(terraform);
    await until(() => asleepIn(workspace.notes) > 0, "the creation");
    terraform.kill("SIGINT");
    const { output } = await outcome;
    expect(output).toContain("Interrupt received.");
    expect(await workspace.attributesOf("toy_sleep.a")).toMatchObject({ outcome: "stopped" });
  });

  it("is attached to when it is debugged, command after command", async () => {
    const workspace = await Workspace.with(`resource "toy_note" "a" {\n  title = "debugged"\n}\n`, {
      isStarting: true,
    });
    const started = await start({ TF_PLUGIN_MAGIC_COOKIE: undefined }, ["--debug"]);
    await until(() => started.output.stdout.includes("\n"), "the variable");
    const [, reattach = ""] = /^TF_REATTACH_PROVIDERS='(.*)'/.exec(started.output.stdout) ?? [];
    const environment = { TF_REATTACH_PROVIDERS: reattach };
    for (const [args, code] of [
      [["apply", "-auto-approve"], 0],
      [["plan", "-detailed-exitcode"], 0],
    ] as const) {
      const outcome = await outcomeOf(await workspace.spawn(args, environment));
      expect(outcome.code, outcome.output).toBe(code);
    }
    started.process.kill("SIGINT");
    expect(await started.ended).toBe(0);
  });
});
