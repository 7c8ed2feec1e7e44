// Reads the request log, where the server has one.
import { type AutumnClient, AutumnError, LOG_ROWS } from "../../autumn/index.ts";
import type { LogRead } from "../decide/who.ts";

/** A log that cannot be read is no error: it only explains differences, which can be reported without it. */
export async function readLog(api: Pick<AutumnClient, "searchLogs">): Promise<LogRead> {
  try {
    const { calls, rows } = await api.searchLogs();
    return { status: "read", calls, isCut: rows >= LOG_ROWS };
  } catch (error) {
    if (!(error instanceof AutumnError)) throw error;
    return {
      status: "none",
      reason: error.routeIsMissing ? "this server has no logs.search" : error.message,
    };
  }
}
