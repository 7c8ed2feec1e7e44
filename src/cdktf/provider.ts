// The provider as a construct: that of the bindings, but no secret key can be written into what is synthesized.
import { Token } from "cdktf";
import type { Construct } from "constructs";
import {
  type AutumnProviderConfig,
  AutumnProvider as BindingsProvider,
} from "./bindings/provider.generated.ts";
import { ConstructError } from "./problems.ts";

/**
 * How Autumn is reached. Every stack needs one. The secret key is read from AUTUMN_SECRET_KEY.
 *
 * @throws ConstructError when `secretKey` is not a token, such as that of a sensitive TerraformVariable: it would be
 * written to `cdktf.out`
 * @example
 * new AutumnProvider(this, "autumn", { namespace: "contracts", environment: "sandbox" });
 */
export class AutumnProvider extends BindingsProvider {
  constructor(scope: Construct, id: string, config: AutumnProviderConfig = {}) {
    const { secretKey } = config;
    if (secretKey !== undefined && !Token.isUnresolved(secretKey)) {
      throw new ConstructError(`${scope.node.path}/${id}`, [
        {
          code: "secret-in-files",
          argument: "secretKey",
          message: "the secret key would be written to cdktf.out",
          hint: "leave it out and set AUTUMN_SECRET_KEY, or pass a sensitive TerraformVariable",
        },
      ]);
    }
    super(scope, id, config);
  }
}
