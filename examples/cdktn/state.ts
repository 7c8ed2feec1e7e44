// Where the state is kept, in three ways that lock it: two pipelines at once must not change one state. Terraform's
// own file is for trying things out: beyond a few hundred balances it gets slow, and it is on one machine only.
import { AutumnProvider, Balance } from "autumn-balances/cdktn";
import { App, HttpBackend, PgBackend, S3Backend, TerraformStack } from "cdktn";

const app = new App();
const stack = new TerraformStack(app, "balances");

switch (process.env.STATE_BACKEND) {
  case "s3": {
    // AWS credentials come from the environment. The lock is an object beside the state, since Terraform 1.10.
    const backend = new S3Backend(stack, {
      bucket: "my-terraform-state",
      key: "balances/terraform.tfstate",
      region: "eu-central-1",
      encrypt: true,
    });
    backend.addOverride("use_lockfile", true);
    break;
  }
  case "pg":
    // User and password are read from PGUSER and PGPASSWORD; the lock is one of PostgreSQL's own.
    new PgBackend(stack, { connStr: "postgres://db.example.com/terraform", schemaName: "balances" });
    break;
  default: {
    // Such as GitLab's. The password is read from TF_HTTP_PASSWORD, the name from TF_HTTP_USERNAME.
    const address = process.env.STATE_URL ?? "https://state.example.com/balances";
    new HttpBackend(stack, {
      address,
      lockAddress: `${address}/lock`,
      lockMethod: "LOCK",
      unlockAddress: `${address}/lock`,
      unlockMethod: "UNLOCK",
    });
  }
}

new AutumnProvider(stack, "autumn", { namespace: "contracts", environment: "sandbox" });
new Balance(stack, "acme-storage", { customerId: "acme", featureId: "storage_gb", included: 20 });
app.synth();
