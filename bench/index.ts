// How fast it is, as ratios against a baseline of the same run: `npm run bench`. Times of shared machines mean
// little; ratios hold.
import { benchConstructs } from "./cdktf.ts";
import { benchDiff } from "./diff.ts";
import { benchProvider } from "./provider.ts";
import { benchReport } from "./report.ts";
import { benchStartup } from "./startup.ts";
import { benchTerraform } from "./terraform.ts";
import { benchThroughput } from "./throughput.ts";
import { benchValidate } from "./validate.ts";

await benchStartup();
await benchValidate();
await benchDiff();
await benchReport();
await benchProvider();
await benchTerraform();
await benchConstructs();
await benchThroughput();
