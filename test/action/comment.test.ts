// The comment on a pull request: one, written anew by every run, and by nobody else's hand.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { balances, emulator, folder, MONTHLY, ONCE } from "../cli/helper.ts";
import { has } from "../support/has.ts";
import { FORK_TOKEN, github, MOST_CHARACTERS, US } from "./github.ts";
import { checkoutOfMerge, commit, git, repository, type StepOptions, step, write } from "./step.ts";

const RUN = "https://github.example.com/acme/billing/actions/runs/4242";
const files = { "balances.yaml": balances([MONTHLY, ONCE]) };

describe("the comment on a pull request", () => {
  it("is written by the first run, and written anew by the next", async () => {
    const { env } = await emulator();
    const api = await github();
    const workspace = folder(files);
    const first = await step({ workspace, env, api });
    expect(first.code, first.printed).toBe(0);
    expect(api.comments).toHaveLength(1);
    const [comment] = api.comments;
    expect(comment?.login).toBe(US);
    expect(comment?.body).toMatch(
      /^<!-- autumn-balances [0-9a-f]{16} -->\n## Autumn balances\n\n### 2 to create,/,
    );
    expect(comment?.body).toContain(`<sub>For commit \`abcdef0\`, [log and summary](<${RUN}>)</sub>`);

    write(workspace, { "balances.yaml": balances([MONTHLY]) });
    expect((await step({ workspace, env, api })).code).toBe(0);
    expect(api.comments).toHaveLength(1);
    expect(api.comments[0]).toMatchObject({
      id: comment?.id,
      body: expect.stringContaining("### 1 to create,"),
    });
  });

  it.skipIf(!has("git"))(
    "names the commit that is checked out, whatever GitHub says of the event",
    async () => {
      const { env } = await emulator();
      const footerOf = async (options: Partial<StepOptions>) => {
        const api = await github();
        await step({ workspace: folder(files), ...options, env: { ...env, ...options.env }, api });
        return /For commit `([0-9a-f]+)`/.exec(api.comments[0]?.body ?? "")?.[1];
      };
      const origin = repository(files);
      const main = git(origin, "rev-parse", "main");
      git(origin, "checkout", "-q", "-b", "raise");
      write(origin, { "balances.yaml": balances([MONTHLY]) });
      commit(origin, "Grant no credits");
      const head = git(origin, "rev-parse", "raise");
      const short = head.slice(0, 7);

      // Somebody writes "/plan": GITHUB_SHA is the newest commit of the default branch.
      const event = { action: "created", issue: { number: 7, pull_request: {} }, comment: { body: "/plan" } };
      const commented = { eventName: "issue_comment", event, env: { GITHUB_SHA: main } };
      expect(await footerOf({ ...commented, workspace: origin })).toBe(short);
      expect(await footerOf(commented)).toBeUndefined();

      // The merge that GitHub makes of what was pushed, and what was pushed since.
      const merge = checkoutOfMerge(origin, "raise");
      const pushed = (sha: string) => ({ pull_request: { number: 7, head: { sha }, base: { ref: "main" } } });
      expect(await footerOf({ workspace: merge, event: pushed(head) })).toBe(short);
      const merged = git(merge, "rev-parse", "HEAD").slice(0, 7);
      expect(await footerOf({ workspace: merge, event: pushed("1".repeat(40)) })).toBe(merged);

      // pull_request_target has the base checked out, unless the workflow says otherwise.
      git(origin, "checkout", "-q", "main");
      const target = { eventName: "pull_request_target", event: pushed(head), workspace: origin };
      expect(await footerOf(target)).toBe(main.slice(0, 7));
    },
  );

  it("is found on whatever page it is, and not where somebody quotes it or has copied it", async () => {
    const { env } = await emulator();
    const api = await github();
    const workspace = folder(files);
    await step({ workspace, env, api });
    const [ours] = api.comments.splice(0);
    if (ours === undefined) throw new Error("there is no comment");
    const theirs = ours.body.replace("2 to create", "0 to create");
    const copied = api.add("mallory", theirs);
    const quoted = api.add(US, `> ${theirs.replaceAll("\n", "\n> ")}`);
    for (let n = 0; n < 230; n++) api.add("somebody", `Remark ${n}`);
    api.comments.push(ours);
    ours.body = ours.body.replace("2 to create", "9 to create");
    expect((await step({ workspace, env, api })).code).toBe(0);
    expect(api.comments).toHaveLength(233);
    expect(ours.body).toContain("2 to create");
    expect(copied.body).toBe(theirs);
    expect(quoted.body).toMatch(/^> <!-- .*0 to create/s);
  });

  it("is one again after two runs at once have written two", async () => {
    const { env } = await emulator();
    const api = await github();
    const workspace = folder(files);
    await step({ workspace, env, api });
    const [first] = api.comments;
    api.add(US, first?.body ?? "");
    api.add("mallory", first?.body ?? "");
    await step({ workspace, env, api });
    expect(api.comments.map(({ login }) => login)).toEqual([US, "mallory"]);
    expect(api.comments[0]?.id).toBe(first?.id);
  });

  it("is written although another run removes the second one first", async () => {
    const { env } = await emulator();
    const api = await github();
    const workspace = folder(files);
    await step({ workspace, env, api });
    const [first] = api.comments;
    api.add(US, first?.body ?? "");
    api.meanwhile.push(() => void api.comments.pop());
    const ended = await step({ workspace, env, api, inputs: { comment: "true" } });
    expect(ended).toMatchObject({ code: 0, annotations: [] });
    expect(api.comments.map(({ id }) => id)).toEqual([first?.id]);
  });

  it("is one for each configuration, and for each id", async () => {
    const { env } = await emulator();
    const api = await github();
    const other = { "balances.yaml": balances([ONCE], { namespace: "gifts" }) };
    const workspace = folder({ ...files, "gifts/balances.yaml": other["balances.yaml"] });
    const steps = [
      {},
      { "working-directory": "gifts" },
      { paths: "gifts" },
      { shard: "1/2" },
      { shard: "2/2" },
      { id: "sandbox --> <script>" },
      { id: "live" },
    ];
    for (const inputs of [...steps, ...steps]) {
      expect((await step({ workspace, inputs, env, api })).code).toBe(0);
    }
    const markers = api.comments.map(({ body }) => body.split("\n")[0]);
    expect(new Set(markers).size).toBe(markers.length);
    // A shard in which nobody is has nothing to tell.
    expect(api.comments.length).toBeGreaterThanOrEqual(6);
    expect(api.comments.at(-2)?.body.split("\n")[1]).toBe("## Autumn balances: `sandbox --> <script>`");
  });

  it.each([
    ["unknown options", { args: "--nope" }],
    ["an input that is neither true nor false", { prune: "maybe" }],
    ["a command that nobody knows", { command: "plna" }],
    ["a folder that is gone", { "working-directory": "billing/../gone" }],
  ])("says that there is no plan where the step cannot begin for %s", async (_, wrong) => {
    const { env } = await emulator();
    const api = await github();
    const workspace = folder({ "gone/balances.yaml": files["balances.yaml"] });
    const inputs = { "working-directory": "gone", paths: "balances.yaml", args: "--shard 1/1" };
    expect((await step({ workspace, env, api, inputs })).code).toBe(0);
    expect(api.comments[0]?.body).toContain("to create");
    const again = { ...inputs, ...wrong, args: `${"args" in wrong ? wrong.args : ""} --shard=1/1` };
    if ("working-directory" in wrong) rmSync(join(workspace, "gone"), { recursive: true });
    const ended = await step({ workspace, env, api, inputs: again });
    expect(ended.code).toBe(1);
    expect(ended.annotations).toEqual([expect.stringMatching(/^::error title=bad-input::/)]);
    expect(api.comments).toHaveLength(1);
    expect(api.comments[0]?.body).toContain("### There is no plan: 1 problem");
    expect(api.comments[0]?.body).not.toContain("to create");
  });

  it("is not begun where inputs are wrong, which is for whoever writes the workflow", async () => {
    const api = await github();
    const ended = await step({ workspace: folder(files), api, inputs: { args: "--nope" } });
    expect(ended.code).toBe(1);
    expect(ended.summary).toContain("### There is no plan: 1 problem");
    expect(api.comments).toEqual([]);
  });

  it.each([[{}], [{ id: "live" }]])("is one for each command about the same files, with %j", async (id) => {
    const { env } = await emulator();
    const api = await github();
    const workspace = folder(files);
    const all = ["plan", "validate", "apply", "drift"].map((command) => ({
      command,
      comment: "true",
      ...id,
    }));
    for (const inputs of [...all, ...all.slice(0, 2)]) {
      const ended = await step({ workspace, env, api, inputs });
      expect(ended.code, ended.printed).toBe(0);
    }
    const [plan, validate, apply, drift, ...others] = api.comments.map(({ body }) => body);
    expect(plan).toContain("### Nothing to do");
    expect(validate).toContain("2 balances of 2 customers, all right.");
    expect(drift).toContain("No drift");
    expect(apply).toContain("### Applied: 2 created.");
    expect(others).toEqual([]);
  });

  it("is not begun for nothing, and says so when there is nothing left", async () => {
    const { env } = await emulator();
    const api = await github();
    const workspace = folder({ "balances.yaml": balances([]) });
    const nothing = await step({ workspace, env, api });
    expect(nothing).toMatchObject({ code: 0, outputs: { "has-changes": "false", changes: "0" } });
    expect(api.comments).toEqual([]);
    write(workspace, files);
    await step({ workspace, env, api });
    write(workspace, { "balances.yaml": balances([]) });
    await step({ workspace, env, api });
    expect(api.comments).toHaveLength(1);
    expect(api.comments[0]?.body).toContain("### Nothing to do");
    await step({ workspace, env, api, inputs: { comment: "true", id: "always" } });
    expect(api.comments).toHaveLength(2);
  });

  it("is begun for what is granted later only", async () => {
    const { env } = await emulator();
    const api = await github();
    const later = { ...MONTHLY, starts_at: "2090-01-01T00:00:00Z" };
    await step({ workspace: folder({ "balances.yaml": balances([later]) }), env, api });
    expect(api.comments[0]?.body).toContain("1 start is scheduled");
    expect(api.comments[0]?.body).toContain("50,000 a month");
  });

  it.each([
    [
      "a fork, whose token may read only",
      { token: FORK_TOKEN },
      "(403 Resource not accessible by integration",
    ],
    ["a token that has expired", { token: "ghs_expired" }, "(401 Bad credentials"],
    [
      "a pull request that the token cannot see",
      { event: { pull_request: { number: 8 } } },
      "(404 Not Found",
    ],
  ])("is left to the summary for %s", async (_, options, reason) => {
    const { env } = await emulator();
    const api = await github();
    const workspace = folder(files);
    const ended = await step({ workspace, env, api, ...options });
    expect(ended.code, ended.printed).toBe(0);
    expect(api.comments).toEqual([]);
    expect(ended.summary).toContain("### 2 to create,");
    expect(ended.annotations).toEqual([
      expect.stringMatching(/^::notice title=no-comment::the token may not/),
    ]);
    expect(ended.annotations[0]).toContain(reason);
    expect(ended.annotations[0]).toContain("pull-requests: write");

    const asked = await step({ workspace, env, api, ...options, inputs: { comment: "true" } });
    expect(asked.code).toBe(1);
    expect(asked.outputs["exit-code"]).toBe("1");
    expect(asked.annotations).toEqual([expect.stringMatching(/^::error title=no-comment::/)]);
  });

  it("is left to the summary without a token, and where GitHub does not answer", async () => {
    const { env } = await emulator();
    const workspace = folder(files);
    const without = await step({ workspace, env, inputs: { "github-token": "" } });
    expect(without).toMatchObject({ code: 0, summary: expect.stringContaining("### 2 to create,") });
    expect(without.annotations[0]).toContain("there is no token to comment with");
    const unanswered = await step({ workspace, env, api: { url: "http://127.0.0.1:1" } });
    expect(unanswered).toMatchObject({ code: 0, summary: expect.stringContaining("### 2 to create,") });
    expect(unanswered.annotations[0]).toContain("GitHub did not take the comment");
  });

  it("is not for other events, and with comment: false for none", async () => {
    const { env } = await emulator();
    const api = await github();
    const workspace = folder(files);
    const push = { eventName: "push", event: { ref: "refs/heads/main" } };
    expect((await step({ workspace, env, api, ...push })).code).toBe(0);
    expect((await step({ workspace, env, api, inputs: { comment: "false" } })).code).toBe(0);
    expect(api.calls).toEqual([]);
    const asked = await step({ workspace, env, api, ...push, inputs: { comment: "true" } });
    expect(asked.code).toBe(1);
    expect(asked.annotations[0]).toContain("there is no pull request to comment on");
  });

  it("is written on the pull request that a comment was made on", async () => {
    const { env } = await emulator();
    const api = await github();
    const event = { issue: { number: 7, pull_request: { url: "https://…" } }, comment: { body: "/plan" } };
    await step({ workspace: folder(files), env, api, eventName: "issue_comment", event });
    expect(api.comments).toHaveLength(1);
  });

  it("stays below what GitHub takes, and links to the whole", async () => {
    const customers = Array.from({ length: 900 }, (_, n) => ({ id: `customer-${n}-${"x".repeat(40)}` }));
    const { env } = await emulator(customers, { level: "2026-10" });
    const api = await github();
    // No two of them alike, as those would be one line.
    const entries = customers.map(({ id }, n) => ({ ...ONCE, customer_id: id, included: n + 1 }));
    const workspace = folder({ "balances.yaml": balances(entries) });
    const ended = await step({ workspace, env, api });
    expect(ended.code, ended.printed).toBe(0);
    const body = api.comments[0]?.body ?? "";
    expect(body.length).toBeLessThanOrEqual(MOST_CHARACTERS);
    expect(body.length).toBeGreaterThan(50_000);
    expect(body).toContain("of 900 changes are shown here.");
    expect(body).toContain(`[The whole plan shows all of them](<${RUN}>)`);
    expect(ended.summary).not.toContain("are shown here");
    expect(ended.summary.match(/^\| `\+` create/gm)).toHaveLength(900);
    expect(ended.summary.length).toBeLessThan(1024 * 1024);
  });
});
