// The Terraform provider as it is delivered, and the names that Terraform gives it.
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { ProblemsError } from "../../schema/index.ts";

/** Where a configuration's `source = "autumn-balances/autumn"` leads, and the folders in which Terraform looks for it. */
export const ADDRESS = "registry.terraform.io/autumn-balances/autumn";

/** The platforms that archives are made for. What Terraform starts is the same file on all of them. */
export const PACKAGED_PLATFORMS = ["darwin_amd64", "darwin_arm64", "linux_amd64", "linux_arm64"] as const;

export interface ProviderFile {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly mode: number;
}

/** Everything that Terraform needs: checksums in lock files cover exactly these files. */
export interface ProviderBundle {
  readonly version: string;
  /** The executable comes last. */
  readonly files: readonly ProviderFile[];
}

/**
 * Tells Node that the executable is CommonJS. Terraform copies the executable into projects, and without this file Node
 * would read the project's package.json, which may say "module".
 */
const PACKAGE_JSON = '{ "type": "commonjs" }\n';

const bundleOf = (version: string, executable: Uint8Array): ProviderBundle => ({
  version,
  files: [
    { name: "package.json", bytes: Buffer.from(PACKAGE_JSON), mode: 0o644 },
    { name: executableName(version), bytes: executable, mode: 0o755 },
  ],
});

/** The name of the executable, by which Terraform recognises it. */
export const executableName = (version: string): string => `terraform-provider-autumn_v${version}`;

/** @throws ProblemsError when nothing was built, as in a clone without `npm run build` */
export async function readBundle(): Promise<ProviderBundle> {
  // Set by scripts/build.ts; there is none when run from the sources.
  const version = process.env.AUTUMN_BALANCES_VERSION;
  // The bundler decides how deep below dist/ this code lies.
  for (const up of ["./", "../"]) {
    const path = fileURLToPath(new URL(`${up}provider/terraform-provider-autumn`, import.meta.url));
    const bytes = version === undefined ? undefined : await readFile(path).catch(() => undefined);
    if (bytes !== undefined && version !== undefined) return bundleOf(version, bytes);
  }
  throw new ProblemsError([
    {
      code: "no-provider",
      message: "the provider that belongs to this program is not there",
      hint: "install the package anew; in a clone, run npm run build",
    },
  ]);
}

const SYSTEMS: Readonly<Record<string, string>> = { win32: "windows", sunos: "solaris" };
const PROCESSORS: Readonly<Record<string, string>> = { x64: "amd64", ia32: "386" };

/** A platform as Terraform names it: `linux_amd64`, `darwin_arm64`. */
export function platformName(system: string, processor: string): string {
  return `${SYSTEMS[system] ?? system}_${PROCESSORS[processor] ?? processor}`;
}

/**
 * @param platform as `terraform version` names it
 * @throws ProblemsError where Terraform cannot start a script
 */
export function checkedPlatform(platform: string): string {
  if (platform.startsWith("windows_")) {
    throw new ProblemsError([
      {
        code: "windows",
        message: "Terraform for Windows cannot start the provider, which is a script for Node",
        hint: "run both in the Windows Subsystem for Linux: there the platform is linux_amd64",
      },
    ]);
  }
  if (/^[a-z]+_[a-z0-9]+$/.test(platform)) return platform;
  throw new ProblemsError([
    {
      code: "bad-platform",
      message: `${platform} is not a platform`,
      hint: "write it as `terraform version` does: linux_amd64, darwin_arm64",
    },
  ]);
}
