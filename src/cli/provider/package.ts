// `autumn-balances provider package`: the archives by which a registry, or a packed mirror, hands out the provider.
import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type ZipOptions, zipSync } from "fflate";
import { EXIT, type ExitCode, type Terminal } from "../../app/index.ts";
import { ProblemsError } from "../../schema/index.ts";
import { visible } from "../../text/index.ts";
import { PACKAGED_PLATFORMS, type ProviderBundle, readBundle } from "./bundle.ts";

export interface ProviderPackageOptions {
  readonly out?: string;
}

export async function runProviderPackage(
  options: ProviderPackageOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const bundle = await readBundle();
  const release = `terraform-provider-autumn_${bundle.version}`;
  const out = options.out ?? release;
  const files = releaseFiles(bundle);
  try {
    await mkdir(out, { recursive: true });
    for (const [name, bytes] of files) await writeFile(join(out, name), bytes);
  } catch (error) {
    const { message } = error as Error;
    const hint = "pass a folder that may be written to: --out release";
    const problem = { code: "unwritable", message: `${out} cannot be written: ${message}`, hint };
    throw new ProblemsError([problem], { cause: error });
  }
  const sums = `${release}_SHA256SUMS`;
  terminal.print(`Wrote into ${visible(out)}:

${[...files.keys()].map((name) => `  ${name}\n`).join("")}
A registry also asks for a signature of the checksums:

  gpg --detach-sign ${visible(join(out, sums))}
`);
  return EXIT.ok;
}

/** Every file of a release, by name. The same bytes make the same files, wherever and whenever. */
export function releaseFiles(bundle: ProviderBundle): Map<string, Uint8Array> {
  const release = `terraform-provider-autumn_${bundle.version}`;
  const archive = archiveOf(bundle);
  const files = new Map<string, Uint8Array>(
    PACKAGED_PLATFORMS.map((platform) => [`${release}_${platform}.zip`, archive]),
  );
  files.set(`${release}_manifest.json`, Buffer.from(MANIFEST));
  const sums = [...files].map(([name, bytes]) => `${sha256(bytes)}  ${name}\n`).join("");
  return files.set(`${release}_SHA256SUMS`, Buffer.from(sums));
}

const MANIFEST = `${JSON.stringify({ version: 1, metadata: { protocol_versions: ["6.0"] } }, null, 2)}\n`;

/** Exactly the files that are installed, so that the checksum is that of an unpacked mirror. */
function archiveOf({ files }: ProviderBundle): Uint8Array {
  const entries = files.map(({ name, bytes, mode }): [string, [Uint8Array, ZipOptions]] => [
    name,
    // With Unix permissions, which make it executable, and with a time that is the same in every time zone.
    [bytes, { level: 9, os: 3, attrs: (0o100000 | mode) << 16, mtime: new Date(1980, 0, 1) }],
  ]);
  return zipSync(Object.fromEntries(entries));
}

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
