// `autumn-balances provider`: what it installs and packs, byte for byte, and that Terraform takes it from there.
import { createHash } from "node:crypto";
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Ended, folder, run, transcript } from "./helper.ts";
import { hasTerraform, PROVIDER_ONLY, PROVIDERS, terraform } from "./provider-terraform.ts";

const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
const ADDRESS = "registry.terraform.io/autumn-balances/autumn";
const EXECUTABLE = `terraform-provider-autumn_v${version}`;
const DELIVERED = ["package.json", EXECUTABLE];
const RELEASE = `terraform-provider-autumn_${version}`;

const inMirror = (mirror: string, platform = "linux_amd64"): string =>
  join(mirror, ADDRESS, version, platform, EXECUTABLE);
const steady = (ended: Ended): string => transcript(ended).replaceAll(version, "VERSION");
const install = (cwd: string, ...args: string[]) =>
  run(["provider", "install", "--platform", "linux_amd64", ...args], { cwd, env: { HOME: cwd } });
const everythingIn = (path: string): string[] =>
  readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)
    .sort();

describe("help", () => {
  it.each(["provider", "provider install", "provider package"])("of %s", async (verb) => {
    const { code, stdout } = await run([...verb.split(" "), "--help"]);
    expect(code).toBe(0);
    await expect(stdout).toMatchFileSnapshot(`golden/help-${verb.replace(" ", "-")}.txt`);
  });

  it("is offered for a mistake below it", async () => {
    const { code, stderr } = await run(["provider", "install", "--dri", "x"]);
    expect(code).toBe(1);
    expect(stderr).toContain("hint: autumn-balances provider install --help lists what there is");
  });
});

describe("provider install", () => {
  it("puts an executable where Terraform looks by itself, and does it again without harm", async () => {
    const home = folder();
    const first = await install(home);
    await expect(steady(first)).toMatchFileSnapshot("golden/provider-install.txt");
    const path = inMirror(join(home, ".terraform.d/plugins"));
    expect(statSync(path).mode & 0o777).toBe(0o755);
    expect(readFileSync(path, "utf8").split("\n")[0]).toBe("#!/usr/bin/env node");
    const before = statSync(path);

    const again = await install(home);
    expect(again.stdout).toContain(`${version} for linux_amd64 is there already, byte for byte:`);
    expect({ code: again.code, stderr: again.stderr }).toEqual({ code: 0, stderr: "" });
    expect(statSync(path)).toMatchObject({ ino: before.ino, mtimeMs: before.mtimeMs });
    expect(everythingIn(home)).toEqual(DELIVERED);
  });

  it("says what to write into the CLI configuration when the folder is of one's own", async () => {
    const cwd = folder();
    const { stdout } = await install(cwd, "--dir", "mirror");
    expect(stdout).toContain(`path    = ${JSON.stringify(join(realpathSync(cwd), "mirror"))}`);
    const known = await install(cwd, "--dir", "./terraform.d/plugins");
    expect(known.stdout).toContain("Terraform, run in this folder, looks there by itself");
    expect(known.stdout).not.toContain("filesystem_mirror");
  });

  it("prints the CLI configuration alone to stdout, on request", async () => {
    const cwd = folder();
    const { stdout, stderr } = await install(cwd, "--dir", "mirror", "--print-config");
    expect(stdout).toBe(`provider_installation {
  filesystem_mirror {
    path    = ${JSON.stringify(join(realpathSync(cwd), "mirror"))}
    include = ["${ADDRESS}"]
  }
  direct {
    exclude = ["${ADDRESS}"]
  }
}
`);
    expect(stderr).toContain(`Installed terraform-provider-autumn ${version} for linux_amd64:`);
  });

  it("replaces another build of the version, and warns of lock files", async () => {
    const cwd = folder();
    const path = inMirror(join(cwd, "mirror"));
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, "something else");
    const { code, stderr } = await install(cwd, "--dir", "mirror");
    expect(code).toBe(0);
    expect(stderr).toContain(`warning: there was another build of version ${version}`);
    expect(stderr).toContain("hint: where terraform init complains, delete the provider's block");
    expect((await install(cwd, "--dir", "mirror")).stdout).toContain("is there already");
  });

  it("makes executable again what has lost its bit", async () => {
    const cwd = folder();
    await install(cwd, "--dir", "mirror");
    chmodSync(inMirror(join(cwd, "mirror")), 0o644);
    const { stdout, stderr } = await install(cwd, "--dir", "mirror");
    expect([stdout, stderr]).toEqual([expect.stringContaining("Installed"), ""]);
    expect(statSync(inMirror(join(cwd, "mirror"))).mode & 0o777).toBe(0o755);
  });

  it("is complete at every moment, also when several do it at once", async () => {
    const cwd = folder();
    const all = await Promise.all(Array.from({ length: 4 }, () => install(cwd, "--dir", "mirror")));
    expect(all.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
    expect(everythingIn(cwd)).toEqual(DELIVERED);
  });

  it("refuses what cannot be", async () => {
    const cwd = folder({ file: "" });
    expect(transcript(await install(cwd, "--platform", "windows_amd64"))).toContain(
      "error: Terraform for Windows cannot start the provider, which is a script for Node\n  hint: ",
    );
    expect((await install(cwd, "--platform", "../x")).stderr).toContain("error: ../x is not a platform");
    const unwritable = await install(cwd, "--dir", "file/mirror");
    expect(unwritable.code).toBe(1);
    expect(unwritable.stderr).toMatch(/^error: the provider cannot be put into .*: ENOTDIR/);
    expect(everythingIn(cwd)).toEqual(["file"]);
  });
});

describe("provider package", () => {
  it("writes what a registry asks for, and the same bytes every time and in every time zone", async () => {
    const cwd = folder();
    const written = await run(["provider", "package"], { cwd });
    await expect(steady(written)).toMatchFileSnapshot("golden/provider-package.txt");
    const names = readdirSync(join(cwd, RELEASE)).sort();
    expect(names).toEqual([
      `${RELEASE}_SHA256SUMS`,
      ...["darwin_amd64", "darwin_arm64", "linux_amd64", "linux_arm64"].map((p) => `${RELEASE}_${p}.zip`),
      `${RELEASE}_manifest.json`,
    ]);
    await run(["provider", "package", "--out", "again"], { cwd, env: { TZ: "Asia/Tokyo" } });
    for (const name of names) {
      const [one, other] = [RELEASE, "again"].map((out) => readFileSync(join(cwd, out, name)));
      expect(one?.equals(other as Buffer), name).toBe(true);
    }
  });

  it("lists the checksums of all, and names protocol 6", async () => {
    const cwd = folder();
    await run(["provider", "package", "--out", "out"], { cwd });
    const read = (name: string): Buffer => readFileSync(join(cwd, "out", `${RELEASE}_${name}`));
    expect(JSON.parse(read("manifest.json").toString())).toEqual({
      version: 1,
      metadata: { protocol_versions: ["6.0"] },
    });
    const lines = read("SHA256SUMS").toString().trimEnd().split("\n");
    expect(lines).toHaveLength(5);
    for (const line of lines) {
      const [sum, name = ""] = line.split("  ");
      expect(
        createHash("sha256")
          .update(readFileSync(join(cwd, "out", name)))
          .digest("hex"),
      ).toBe(sum);
    }
  });

  it("packs what is installed, with what all may execute, as Unix writes it", async () => {
    const cwd = folder();
    await run(["provider", "package", "--out", "out"], { cwd });
    const zip = readFileSync(join(cwd, "out", `${RELEASE}_linux_arm64.zip`));
    const end = zip.lastIndexOf(Buffer.from("PK\u0005\u0006"));
    let at = zip.readUInt32LE(end + 16);
    const entries = Array.from({ length: zip.readUInt16LE(end + 10) }, () => {
      expect(zip.readUInt16LE(at + 4) >> 8, "made by Unix").toBe(3);
      const [mode, name] = [zip.readUInt32LE(at + 38) >>> 16, zip.readUInt16LE(at + 28)];
      const entry = [zip.subarray(at + 46, at + 46 + name).toString(), mode];
      at += 46 + name;
      return entry;
    });
    expect(entries).toEqual([
      ["package.json", 0o100644],
      [EXECUTABLE, 0o100755],
    ]);
  });
});

describe.skipIf(!hasTerraform)("terraform", () => {
  it("takes it from a folder and from archives, with one checksum for all platforms", async () => {
    // Terraform copies archives into the project, below whose package.json Node would take it for a module.
    const cwd = folder({
      "package.json": '{ "type": "module" }',
      "unpacked/main.tf": PROVIDERS,
      "packed/main.tf": PROVIDERS,
    });
    const here = await run(["provider", "install", "--dir", "mirror", "--print-config"], { cwd });
    writeFileSync(join(cwd, "unpacked/rc"), here.stdout);
    await run(["provider", "package", "--out", join("archives", ADDRESS)], { cwd });
    writeFileSync(join(cwd, "packed/rc"), PROVIDER_ONLY(join(cwd, "archives")));

    const locks = await Promise.all(
      ["unpacked", "packed"].map(async (name) => {
        const work = join(cwd, name);
        expect(await terraform(["init"], work)).toMatchObject({ code: 0 });
        const { output } = await terraform(["providers", "schema", "-json"], work);
        expect(JSON.parse(output).provider_schemas[ADDRESS].resource_schemas).toHaveProperty(
          "autumn_balance",
        );
        return readFileSync(join(work, ".terraform.lock.hcl"), "utf8");
      }),
    );
    expect(locks[0]).toContain(`provider "${ADDRESS}" {\n  version = "${version}"\n  hashes = [\n    "h1:`);
    expect(locks[1]).toBe(locks[0]);

    const archives = `-fs-mirror=${join(cwd, "archives")}`;
    const platforms = ["-platform=darwin_arm64", "-platform=linux_arm64"];
    expect(await terraform(["providers", "lock", archives, ...platforms], join(cwd, "packed"))).toMatchObject(
      {
        code: 0,
      },
    );
    const hashes = readFileSync(join(cwd, "packed/.terraform.lock.hcl"), "utf8").match(/h1:/g);
    expect(hashes).toHaveLength(1);
  });

  it("finds it by itself, and takes another build once the lock file forgets the one before", async () => {
    const cwd = folder({ "main.tf": PROVIDERS });
    const platform = `${process.platform}_${process.arch === "x64" ? "amd64" : process.arch}`;
    const executable = inMirror(join(cwd, "terraform.d/plugins"), platform);
    await run(["provider", "install", "--dir", "terraform.d/plugins"], { cwd });
    writeFileSync(executable, `${readFileSync(executable, "utf8")}\n`);
    expect(await terraform(["init"], cwd)).toMatchObject({ code: 0 });

    const replaced = await run(["provider", "install", "--dir", "terraform.d/plugins"], { cwd });
    expect(replaced.stderr).toContain("warning: there was another build");
    rmSync(join(cwd, ".terraform"), { recursive: true });
    const complains = await terraform(["init"], cwd);
    expect(complains.code).toBe(1);
    expect(complains.output).toContain("doesn't match any of the");
    rmSync(join(cwd, ".terraform.lock.hcl"));
    expect(await terraform(["init"], cwd)).toMatchObject({ code: 0 });
  });
});
