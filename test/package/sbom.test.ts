// The bill of materials of a release names what is installed with it and what is bundled in it, and nothing else.
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const ROOT = resolve(import.meta.dirname, "../..");
const project = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
  name: string;
  version: string;
  dependencies: Readonly<Record<string, string>>;
};
const { packages } = JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8")) as {
  packages: Readonly<Record<string, { version: string }>>;
};

it("names the packages that users get, in the versions that were tested", async () => {
  const { stdout } = await promisify(execFile)("npm", ["run", "--silent", "sbom"], { cwd: ROOT });
  const { bomFormat, metadata, components } = JSON.parse(stdout) as {
    bomFormat: string;
    metadata: { component: { name: string; version: string } };
    components: { name: string; version: string; hashes: unknown[]; licenses: unknown[] }[];
  };
  expect(bomFormat).toBe("CycloneDX");
  expect(metadata.component).toMatchObject({ name: project.name, version: project.version });
  const names = components.map(({ name }) => name);
  expect(names).toEqual(
    expect.arrayContaining([
      ...Object.keys(project.dependencies),
      // In the server for agents, in the provider, and in the Action.
      ...["@modelcontextprotocol/server", "zod"],
      ...["@grpc/grpc-js", "@bufbuild/protobuf", "@actions/core", "@octokit/core"],
    ]),
  );
  for (const name of ["vitest", "typescript", "cdktf", "cdktn", "esbuild"]) expect(names).not.toContain(name);
  for (const { name, version, hashes, licenses } of components) {
    const locked = Object.entries(packages).filter(([path]) => path.endsWith(`node_modules/${name}`));
    expect(
      locked.map(([, one]) => one.version),
      name,
    ).toContain(version);
    expect([hashes.length, licenses.length], name).toEqual([1, 1]);
  }
});
