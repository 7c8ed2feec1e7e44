// The version of this tool, which the build puts in.
export const VERSION = process.env.AUTUMN_BALANCES_VERSION ?? "development";
