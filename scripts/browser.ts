// A real browser without a screen: the one that CHROMIUM names, else the first Chromium or Chrome on the PATH.
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { type Browser, chromium } from "playwright-core";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const ARGUMENTS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** @returns where the browser is, if there is one */
export function browserExecutable(): string | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  const paths = process.env.CHROMIUM
    ? [process.env.CHROMIUM]
    : NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  return paths.find((path) => existsSync(path));
}

export async function startBrowser(): Promise<Browser> {
  const executablePath = browserExecutable();
  if (executablePath === undefined) {
    throw new Error("there is no Chromium: install it (apt-get install chromium), or name one in CHROMIUM");
  }
  return chromium.launch({ executablePath, args: ARGUMENTS });
}
