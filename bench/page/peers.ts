// The part of the page about scripts, Terraform and the command line.
import type { PeerResult, PeersPart, UsageResult } from "../results.ts";
import { list, number, paragraph, table } from "./markdown.ts";
import { barPlot } from "./svg.ts";

/** Calls a second that this tool makes of those that count against the limit of 25. */
const PACE = 20;

export function peersText(part: PeersPart): string {
  const { customers, included, raised, raisedTo, latencyMs, sdk, terraform, peers } = part;
  return [
    "## Beside a script and Terraform",
    paragraph(`${number(customers)} customers are each granted ${number(included)} units a month, by six programs. The
      server is the emulator over HTTP, as Autumn is since October 2026, with the limits of production (25 creates a
      second for the whole organisation) and ${latencyMs} ms before each call. Every run is a process of its own. The
      SDK is autumn-js ${sdk}, Terraform is ${terraform}.`),
    list([
      `**A loop**: \`balances.create\`, one after the other, as one writes it at first
        ([loop.mjs](../bench/peers/loop.mjs)). The SDK sends no idempotency key and repeats nothing by itself.`,
      `**\`Promise.all\`**: all at once ([all.mjs](../bench/peers/all.mjs)). With retries on (\`retryConfig\`), the SDK
        sends again what was answered 429, 500, 502, 503 or 504.`,
      `**A careful loop**, by somebody who knows Autumn ([careful.mjs](../bench/peers/careful.mjs)): each balance has a
        \`balanceId\`, which Autumn gives away once, retries are on, and 409 counts as done. A raise reads the grant
        first, and moves what is left by the difference.`,
      "**Terraform** with the provider of this project, one resource for each balance, ten at a time.",
    ]),
    "### The first run",
    `![${firstPlotTitle(part)}](benchmarks-peers.svg)`,
    table(
      ["", "Seconds", "Calls", "429", "Granted"],
      peers.map(({ name, first }) => [
        name,
        number(first.seconds, 1),
        number(first.calls),
        number(first.refused),
        number(first.granted),
      ]),
    ),
    paragraph(`At ${PACE} a second, ${number(customers)} creates take ${number(customers / PACE)} seconds; the other
      ${100 - (PACE / 25) * 100} % of the limit are left to the product. A loop is as fast as its latency lets it be:
      with calls of less than 40 ms it meets 429 too, and ends there. ${retriesText(part)}`),
    "### What goes wrong",
    table(
      ["", "Run again", "Killed, run again", "Answer lost", "Usage wrong after a raise", "Raise lasts"],
      peers.map((peer) => [
        peer.name,
        twice(peer.second),
        twice(peer.killed),
        lostText(peer),
        peer.raise === null ? "–" : wrongText(peer.raise.usage),
        peer.raise === null ? "–" : `${number(peer.raise.raisedAfterReset)} of ${number(raised)}`,
      ]),
    ),
    "Numbers are balances that were granted twice, and customers. “–”: not tried, as it would do as the loop does.",
    list([
      `**Run again**: the same command once more, with nothing changed, while customers go on using what they have.
        ${againText(part)}`,
      `**Killed, run again**: SIGKILL after half of ${number(Math.ceil(customers / 2))} creates, and the same command
        again.`,
      `**Answer lost**: one create of 20 is done, and answered 502, as by a gateway in between. Where the run fails, it
        is started again.`,
      `**Usage after a raise**: ${number(raised)} customers are raised from ${number(included)} to ${number(raisedTo)}
        while they use 50 units a second together; in the scripts by \`balances.update\`. ${usageText(part)}`,
      `**Raise lasts**: how many still have the new grant in the next cycle. A reset goes back to the grant given at
        creation, so an update is gone by then. autumn-balances and the provider replace the balance instead.`,
    ]),
    paragraph(`So care makes a script right in most of this, but for what a reset takes back: that would need a new
      balance, an end of the old one, and the usage carried over, of an amount that no longer moves. And what it costs:
      a raise of ${number(raised)} balances took ${raiseTimes(part)}.`),
  ].join("\n\n");
}

export function peersPlot(part: PeersPart): string {
  const seconds = part.customers / PACE;
  return barPlot({
    title: firstPlotTitle(part),
    bars: part.peers.map(({ name, first }) => ({
      label: name.replaceAll("`", ""),
      value: first.seconds,
      text: `${number(first.seconds, 1)} s${plotNote(first, part.customers)}`,
    })),
    mark: { value: seconds, text: `${number(seconds)} s: ${PACE} a second` },
  });
}

const firstPlotTitle = ({ customers }: PeersPart): string => `Seconds to grant ${number(customers)} balances`;

function plotNote({ granted, refused }: PeerResult["first"], customers: number): string {
  if (granted < customers) return `, ${number(granted)} granted`;
  return refused > 0 ? `, ${number(refused)} × 429` : "";
}

function retriesText({ peers }: PeersPart): string {
  const all = peers.find(({ id }) => id === "all");
  const retries = peers.find(({ id }) => id === "all-retries");
  if (!all || !retries) return "";
  return `\`Promise.all\` grants ${number(all.first.granted)} and fails. With retries it gets through, by
    ${number(retries.first.refused)} calls that are refused: as long as it runs, every other call of the organisation
    that counts against this limit is refused as well.`;
}

const twice = (result: { readonly grantedTwice: number; readonly missing?: number } | null): string => {
  if (result === null) return "–";
  const missing = result.missing ? `, ${number(result.missing)} missing` : "";
  return result.grantedTwice === 0 ? `none${missing}` : `${number(result.grantedTwice)} twice${missing}`;
};

function lostText({ lost }: PeerResult): string {
  const how = lost.code === 0 ? "" : ", after a failure";
  return `${twice(lost)}${how}`;
}

const wrongText = ({ wrongCustomers, customers }: UsageResult): string =>
  `${number(wrongCustomers)} of ${number(customers)}`;

const unitsText = ({ used, counted }: UsageResult): string =>
  used === counted ? `all ${number(used)} units` : `${number(counted)} of ${number(used)} units`;

function byId({ peers }: PeersPart, id: string): PeerResult | undefined {
  return peers.find((peer) => peer.id === id);
}

function againText(part: PeersPart): string {
  const loop = byId(part, "loop")?.second;
  const apply = byId(part, "apply")?.second;
  if (!loop || !apply) return "";
  return `The second grant of the loop also makes Autumn drop usage that it has not stored yet: ${unitsText(loop.usage)}
    were counted. \`autumn-balances apply\` has nothing to do: ${number(apply.calls)} calls, and
    ${unitsText(apply.usage)} counted.`;
}

function usageText(part: PeersPart): string {
  const texts = part.peers.flatMap(({ name, raise }) =>
    raise === null
      ? []
      : [`${number(raise.usage.counted)} counted of ${number(raise.usage.used)} used (${name})`],
  );
  return `Units: ${texts.join("; ")}. Where an update names the grant alone, Autumn leaves what remains as it is, so that
    everything that was added counts as used.`;
}

function raiseTimes({ peers }: PeersPart): string {
  const texts = peers.flatMap(({ name, raise }) =>
    raise === null ? [] : [`${number(raise.seconds, 1)} s and ${number(raise.calls)} calls (${name})`],
  );
  return texts.join(", ");
}
