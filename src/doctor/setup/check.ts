// The usual causes when something does not work: the files, the key, the machine. Pure: the caller has read all of
// them.
import type { Problem } from "../../schema/index.ts";

export type CheckStatus = "ok" | "warning" | "problem";

/** One thing that was looked at. */
export interface Check {
  /** Stable: scripts and documents name it. */
  readonly id: string;
  readonly status: CheckStatus;
  /** What was found. */
  readonly says: string;
  /** The way out; `null` when none is needed. */
  readonly hint: string | null;
}

/** What is known of a file that declares balances. */
export interface FileAccess {
  readonly path: string;
  readonly isReadable: boolean;
  /** Whether anybody on this machine may write to it; `false` where the system has no such permissions. */
  readonly isOpenToAll: boolean;
}

/** What the files say, or what is wrong with them. */
export type FilesRead =
  | {
      readonly files: readonly string[];
      readonly namespace: string;
      readonly environment: "sandbox" | "live" | null;
      readonly balances: number;
      readonly customers: number;
    }
  | { readonly problems: readonly Problem[] };

/** Everything that checks look at. */
export interface Surroundings {
  readonly toolVersion: string;
  /** `20.20.2` */
  readonly nodeVersion: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Of --base-url. */
  readonly baseUrl: string | undefined;
  readonly allowHttp: boolean;
  readonly files: FilesRead;
  readonly access: readonly FileAccess[];
  /** The folder it runs in. */
  readonly folder: { readonly path: string; readonly isWritable: boolean; readonly isOpenToAll: boolean };
  /** Of NODE_EXTRA_CA_CERTS: how many certificates, or why it cannot be read. */
  readonly certificates: { readonly count: number } | { readonly error: string } | null;
  readonly stdoutIsTerminal: boolean;
  readonly stdinIsTerminal: boolean;
}

export const ok = (id: string, says: string): Check => ({ id, status: "ok", says, hint: null });

export const warning = (id: string, says: string, hint: string): Check => ({
  id,
  status: "warning",
  says,
  hint,
});

export const problem = (id: string, says: string, hint: string): Check => ({
  id,
  status: "problem",
  says,
  hint,
});
