// `autumn-balances emulator`: what it says to type works.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { startEmulator } from "../../src/emulator/index.ts";
import { balances, folder, run, shell, start } from "./helper.ts";

it.each([
  ["127.0.0.1", "http://127.0.0.1:"],
  ["0.0.0.0", "http://127.0.0.1:"],
  ["0", "http://127.0.0.1:"],
  ["localhost", "http://localhost:"],
  ["::", "http://[::1]:"],
  ["::0", "http://[::1]:"],
])("on %s, is at an address that the command line takes", async (host, url) => {
  const running = start(["emulator", "--port", "0", "--host", host]);
  onTestFinished(() => void running.child.kill());
  let printed = "";
  await running.until(({ stdout }) => {
    printed = stdout;
    return stdout.includes("^C stops it");
  });
  expect(printed).toContain(`AUTUMN_BASE_URL=${url}`);
  const typed = printed.split("\n").filter((line) => line.startsWith("  "));
  const cwd = folder({ "balances.yaml": balances([]) });
  const { code, stdout } = await shell(typed.join("\n"), { cwd });
  expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining("Nothing to do") });
});

it("says how to reach one that other machines reach too", async () => {
  // A name of this machine that the command line does not know for one.
  const running = start(["emulator", "--port", "0", "--host", "::ffff:127.0.0.1"]);
  onTestFinished(() => void running.child.kill());
  await running.until(({ stdout }) => stdout.includes("autumn-balances plan --allow-http\n"));
});

it.each([
  [["--host", "[::1]"], /cannot start: .*ENOTFOUND.*\n {2}hint: --host takes an address of this machine/],
  [
    ["--host", "192.0.2.1"],
    /cannot start: .*EADDRNOTAVAIL.*\n {2}hint: --host takes an address of this machine/,
  ],
  [["--key", "sk_test_other"], /none of Autumn's: it begins with sk_test_\n {2}hint: set --key /],
  [["--key", "a b"], /has characters that no key has/],
  [
    ["--state", "nowhere/state.json"],
    /the state file nowhere\/state.json cannot be written: ENOENT.*\n {2}hint: --state takes a file/,
  ],
  [["--state", "."], /the state file \. cannot be read: EISDIR.*\n {2}hint: --state takes a file/],
  [["--port", "6000"], /its port is another protocol's\n {2}hint: --port 0 picks a free one/],
])("does not start where what it would say cannot work: %j", async (args, says) => {
  const { code, stdout, stderr } = await run(["emulator", "--port", "0", ...args]);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toMatch(says);
});

it("says that its state is lost where its folder is gone at the end", async () => {
  const cwd = folder({ "kept/nothing.txt": "" });
  const running = start(["emulator", "--port", "0", "--state", "kept/state.json"], { cwd });
  let url = "";
  await running.until(({ stdout }) => {
    url = /AUTUMN_BASE_URL=(\S+)/.exec(stdout)?.[1] ?? "";
    return url !== "";
  });
  rmSync(join(cwd, "kept"), { recursive: true });
  const headers = { authorization: "Bearer am_sk_test_emulator", "x-api-version": "2.3.0" };
  const body = JSON.stringify({ customer_id: "acme" });
  await fetch(`${url}/v1/customers.get_or_create`, { method: "POST", headers, body });
  running.child.kill("SIGTERM");
  const { code, stderr } = await running.ended;
  expect(stderr).toMatch(
    /^error: the state file kept\/state.json cannot be written: ENOENT.*\n {2}hint: what has happened in it is lost\n$/,
  );
  expect(code).toBe(1);
});

it.each(["am_sk_test_$HOME", "am_sk_test_it's"])(
  "says a key as a shell has to be given it: %s",
  async (key) => {
    const running = start(["emulator", "--port", "0", "--key", key]);
    onTestFinished(() => void running.child.kill());
    let printed = "";
    await running.until(({ stdout }) => {
      printed = stdout;
      return stdout.includes("^C stops it");
    });
    const typed = printed.split("\n").filter((line) => line.startsWith("  export"));
    const { stdout } = await shell([...typed, 'printf %s "$AUTUMN_SECRET_KEY"'].join("\n"));
    expect(stdout).toBe(key);
  },
);

it("has such an address for programs too", async () => {
  const running = await startEmulator({ port: 0, host: "0.0.0.0" });
  onTestFinished(() => running.close());
  expect(running.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
});
