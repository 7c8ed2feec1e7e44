// What the check of the proxy says, and what each version of Node does.
import { execFile } from "node:child_process";
import { createServer } from "node:net";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { setupChecks } from "../../src/doctor/index.ts";
import { bare } from "../support/environment.ts";
import { whenFileEnds } from "../support/file-end.ts";
import { has } from "../support/has.ts";
import { NODES, nodeExecutable } from "../support/nodes.ts";

/** Stands for the proxy in a case. */
const P = "P";
const CASES: [string, Readonly<Record<string, string>>, string?][] = [
  ["that of the protocol", { HTTPS_PROXY: P }],
  ["that of http for want of another", { HTTP_PROXY: P }],
  ["that of https, for http", { HTTPS_PROXY: P }, "http://api.example.invalid"],
  ["an empty variable in small letters", { https_proxy: "", HTTPS_PROXY: P }],
  ["another empty one, and that of http", { https_proxy: "", http_proxy: P }],
  ["an exception by name", { HTTPS_PROXY: P, NO_PROXY: "a.invalid, API.example.invalid:443" }],
  ["an exception in small letters", { HTTPS_PROXY: P, NO_PROXY: "api.example.invalid", no_proxy: "other" }],
  ["an exception for a domain", { HTTPS_PROXY: P, NO_PROXY: "example.invalid" }],
  ["an exception for what is in a domain", { HTTPS_PROXY: P, NO_PROXY: ".example.invalid" }],
  ["its top", { HTTPS_PROXY: P, NO_PROXY: ".example.invalid" }, "https://example.invalid"],
  ["an exception for everything", { HTTPS_PROXY: P, NO_PROXY: "*" }],
  ["one of several", { HTTPS_PROXY: P, NO_PROXY: "other,*" }],
  ["an exception for an end", { HTTPS_PROXY: P, NO_PROXY: "*example.invalid" }],
];

/** A proxy that refuses everything. @returns its address, and what it was asked for */
async function proxy(): Promise<{ address: string; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", (data) => {
      asked.push(`${data}`.split("\r\n")[0] ?? "");
      socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n");
    });
  });
  whenFileEnds(() => new Promise<void>((resolve) => server.close(() => resolve())));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const bound = server.address();
  return { address: `http://127.0.0.1:${typeof bound === "object" ? bound?.port : ""}`, asked };
}

describe.skipIf(!has("nodes")).each(NODES)("under Node %i", (major) => {
  const node = nodeExecutable(major) ?? "";

  it.each(CASES)("tells who is asked: %s", async (_, variables, baseUrl = "https://api.example.invalid") => {
    const { address, asked } = await proxy();
    const set = Object.entries(variables).map(([name, value]) => [name, value === P ? address : value]);
    const env = { ...Object.fromEntries(set), NODE_USE_ENV_PROXY: "1" };
    const script = `fetch(${JSON.stringify(baseUrl)}).catch(() => {}).then(() => console.log(process.versions.node))`;
    const { stdout } = await promisify(execFile)(node, ["-e", script], { env: { ...bare(), ...env } });
    const [check] = setupChecks({
      toolVersion: "1.2.3",
      nodeVersion: stdout.trim(),
      env,
      baseUrl,
      allowHttp: true,
      files: { problems: [] },
      access: [],
      folder: { path: "/", isWritable: true, isOpenToAll: false },
      certificates: null,
      stdoutIsTerminal: true,
      stdinIsTerminal: true,
    }).filter(({ id }) => id === "proxy");
    const isTold = check?.says.endsWith(" is set, and used") === true;
    expect({ says: check?.says, isTold }).toEqual({ says: check?.says, isTold: asked.length > 0 });
  });
});
