// Prints what a release consists of, as CycloneDX: the dependencies that are installed with it, and the packages that
// are part of its bundles. `npm sbom --omit dev` knows nothing of the latter, and leaves out dependencies that are also
// a peer of another package.
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundleAction } from "./action-bundle.ts";
import { bundleLibrary } from "./library-bundle.ts";
import { bundleProvider } from "./provider-bundle.ts";

interface Component {
  readonly "bom-ref": string;
  readonly name: string;
}

interface Bom {
  readonly metadata: { readonly component: Component };
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

interface PackageJson {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

const { name, version, license, dependencies, devDependencies } = JSON.parse(
  readFileSync("package.json", "utf8"),
) as PackageJson;

/** What npm says of a project with these dependencies, in the versions of package-lock.json. */
function bomOf(folder: string, wanted: Readonly<Record<string, string>>): Bom {
  writeFileSync(
    join(folder, "package.json"),
    JSON.stringify({ name, version, license, dependencies: wanted }),
  );
  copyFileSync("package-lock.json", join(folder, "package-lock.json"));
  const npm = (...args: readonly string[]): string =>
    execFileSync("npm", args, { cwd: folder, encoding: "utf8", maxBuffer: 1e8 });
  npm("install", "--package-lock-only", "--ignore-scripts", "--no-audit", "--no-fund");
  return JSON.parse(
    npm("sbom", "--package-lock-only", "--sbom-format", "cyclonedx", "--sbom-type", "library"),
  ) as Bom;
}

/** The references of dependencies, and of theirs. */
function closureIn(bom: Bom): Set<string> {
  const found = new Set<string>();
  const add = (refs: readonly string[]): void => {
    for (const ref of refs.filter((one) => !found.has(one))) {
      found.add(ref);
      add(bom.dependencies.find((one) => one.ref === ref)?.dependsOn ?? []);
    }
  };
  const direct = bom.dependencies.find(({ ref }) => ref === bom.metadata.component["bom-ref"]);
  const installed = bom.components.filter((one) => one.name in dependencies).map((one) => one["bom-ref"]);
  add(installed.filter((ref) => direct?.dependsOn.includes(ref)));
  return found;
}

/** The packages that are bundled, as `name@version`. */
async function bundledPackages(folder: string): Promise<Set<string>> {
  const files = [
    ...(await bundleLibrary(join(folder, "library"), version)),
    ...(await bundleAction(join(folder, "action.js"), version)),
    ...(await bundleProvider(join(folder, "provider/provider"), version)),
  ];
  const folders = files.flatMap((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(file)?.[0] ?? []);
  return new Set(
    [...new Set(folders)].map((path) => {
      const found = JSON.parse(readFileSync(join(path, "package.json"), "utf8")) as PackageJson;
      return `${found.name}@${found.version}`;
    }),
  );
}

/** The bill without packages that are neither installed nor bundled. */
function released(bom: Bom, bundled: ReadonlySet<string>): Bom {
  const installed = closureIn(bom);
  const components = bom.components.filter(({ "bom-ref": ref }) => installed.has(ref) || bundled.has(ref));
  const missing = [...bundled].filter((ref) => !components.some((one) => one["bom-ref"] === ref));
  if (missing.length > 0) throw new Error(`not in package-lock.json: ${missing.join(", ")}`);
  const { component } = bom.metadata;
  const kept = new Set([component, ...components].map((one) => one["bom-ref"]));
  return {
    ...bom,
    // npm names the component after its folder.
    metadata: { ...bom.metadata, component: { ...component, name } },
    components,
    dependencies: bom.dependencies
      .filter(({ ref }) => kept.has(ref))
      .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((one) => kept.has(one)) })),
  };
}

const folder = mkdtempSync(join(tmpdir(), "sbom-"));
try {
  const bundled = await bundledPackages(folder);
  const isBundled = (name: string): boolean => [...bundled].some((one) => one.startsWith(`${name}@`));
  const direct = Object.entries(devDependencies).filter(([one]) => isBundled(one));
  const bom = bomOf(folder, { ...dependencies, ...Object.fromEntries(direct) });
  console.log(JSON.stringify(released(bom, bundled), null, 2));
} finally {
  rmSync(folder, { recursive: true });
}
