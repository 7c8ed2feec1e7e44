// One stack for each environment, from the same code: `npx cdktn deploy sandbox`, and when that is right
// `npx cdktn deploy live`, each with the secret key of its environment in AUTUMN_SECRET_KEY.
import { App } from "cdktn";
import { Contracts } from "./contracts.ts";

const app = new App();
new Contracts(app, "sandbox", { environment: "sandbox", trials: ["globex", "initech"] });
new Contracts(app, "live", { environment: "live", trials: [] });
app.synth();
