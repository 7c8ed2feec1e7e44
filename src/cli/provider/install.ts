// `autumn-balances provider install`: puts the Terraform provider where Terraform finds it.
import { resolve } from "node:path";
import { EXIT, type ExitCode, type Terminal } from "../../app/index.ts";
import { problemsText } from "../../report/index.ts";
import { ProblemsError } from "../../schema/index.ts";
import { visible } from "../../text/index.ts";
import { checkedPlatform, platformName, readBundle } from "./bundle.ts";
import { cliConfiguration, folderMirror, type Installed, installInto, userMirror } from "./mirror.ts";

export interface ProviderInstallOptions {
  readonly dir?: string;
  readonly platform?: string;
  readonly printConfig?: boolean;
}

export async function runProviderInstall(
  options: ProviderInstallOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const platform = checkedPlatform(options.platform ?? platformName(process.platform, process.arch));
  const bundle = await readBundle();
  const mirror = options.dir === undefined ? userMirror() : resolve(options.dir);
  const installed = await installInto(mirror, bundle, platform).catch((error: NodeJS.ErrnoException) => {
    throw new ProblemsError([unwritable(mirror, error)], { cause: error });
  });
  if (installed.outcome === "replaced") {
    const colours = terminal.colours(process.stderr);
    terminal.say("warn", problemsText([replacedProblem(bundle.version)], { severity: "warning", colours }));
  }
  const what = `terraform-provider-autumn ${bundle.version} for ${platform}`;
  const tell = (text: string): void => {
    if (options.printConfig === true) terminal.say("info", text);
    else terminal.print(text);
  };
  tell(`${headline(installed, what)}\n\n  ${visible(installed.path)}\n\n`);
  if (options.printConfig === true) terminal.print(cliConfiguration(mirror));
  else tell(`${whereItIsFound(mirror)}\n${NEXT}`);
  return EXIT.ok;
}

const headline = ({ outcome }: Installed, what: string): string =>
  outcome === "unchanged" ? `${what} is there already, byte for byte:` : `Installed ${what}:`;

function whereItIsFound(mirror: string): string {
  const byItself = "as long as its CLI configuration has no provider_installation";
  if (mirror === userMirror()) return `Terraform looks there by itself, ${byItself}.\n`;
  if (mirror === folderMirror())
    return `Terraform, run in this folder, looks there by itself, ${byItself}.\n`;
  const indented = cliConfiguration(mirror).replaceAll(/^(?=.)/gm, "  ");
  return `Terraform looks there when its CLI configuration says so, which is ~/.terraformrc or the file that
TF_CLI_CONFIG_FILE names:\n\n${indented}`;
}

const NEXT = `In the configuration:

  terraform {
    required_providers {
      autumn = { source = "autumn-balances/autumn" }
    }
  }

Then run \`terraform init\`. The provider is run by the \`node\` on PATH, of version 20 or later.
`;

const replacedProblem = (version: string) => ({
  code: "other-bytes",
  message: `there was another build of version ${version}, whose checksum may be in .terraform.lock.hcl files`,
  hint: "where terraform init complains, delete the provider's block from the lock file and run it again",
});

function unwritable(mirror: string, error: NodeJS.ErrnoException) {
  return {
    code: "unwritable",
    message: `the provider cannot be put into ${mirror}: ${error.message}`,
    hint: "pass a folder that may be written to: --dir terraform.d/plugins",
  };
}
