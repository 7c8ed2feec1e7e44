// `npm run bench:peers`: the same balances granted by scripts with the official SDK, by Terraform and by the command
// line, at the limits of production over real HTTP. In full it takes a quarter of an hour.
//   --count N      balances, 1000 when left out
//   --latency MS   of each call, 50 when left out
//   --peers A,B    only these, such as loop,apply
//   --write        keeps the results in docs/benchmarks.json, for `npm run generate`
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { measurePeer } from "./peers/measure.ts";
import { PEERS } from "./peers/peer.ts";
import { conditions, type PeerResult, type PeersPart, writeResults } from "./results.ts";
import { installProvider } from "./terraform-run.ts";

const { values } = parseArgs({
  options: {
    count: { type: "string", default: "1000" },
    latency: { type: "string", default: "50" },
    peers: { type: "string", default: PEERS.map(({ id }) => id).join(",") },
    write: { type: "boolean", default: false },
  },
});
const chosen = values.peers.split(",").map((id) => {
  const peer = PEERS.find((one) => one.id === id);
  if (!peer) throw new Error(`there is no peer ${id}; there are ${PEERS.map((one) => one.id).join(", ")}`);
  return peer;
});
const customers = Number(values.count);
if (!Number.isInteger(customers) || customers < 10) throw new Error("--count is a whole number from 10");

const folder = mkdtempSync(join(tmpdir(), "bench-peers-"));
try {
  const trial = {
    customers,
    raised: Math.ceil(customers / 10),
    latencyMs: Number(values.latency),
    included: 1000,
    raisedTo: 1500,
    folder,
  };
  if (chosen.some(({ id }) => id === "terraform")) await installProvider(folder);
  const peers: PeerResult[] = [];
  for (const peer of chosen) {
    const result = await measurePeer(peer, trial);
    console.log(JSON.stringify(result));
    peers.push(result);
  }
  const { folder: _, ...kept } = trial;
  if (values.write) writeResults({ peers: { ...conditions(), ...versions(), ...kept, peers } });
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function versions(): Pick<PeersPart, "sdk" | "terraform"> {
  const sdk = JSON.parse(readFileSync(resolve("node_modules/autumn-js/package.json"), "utf8")) as {
    version: string;
  };
  const told = execFileSync("terraform", ["version", "-json"], { stdio: ["ignore", "pipe", "ignore"] });
  return { sdk: sdk.version, terraform: JSON.parse(String(told)).terraform_version };
}
