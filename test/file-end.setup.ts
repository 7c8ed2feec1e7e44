// Runs for each test file: see test/support/file-end.ts.
import { afterAll } from "vitest";
import { endFile } from "./support/file-end.ts";

afterAll(endFile);
