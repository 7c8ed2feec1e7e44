/** All that a process gets of the tests' environment: where programs are, and where it may write. */
export const bare = (): { PATH: string; TMPDIR: string } => ({
  PATH: process.env.PATH ?? "",
  TMPDIR: process.env.TMPDIR ?? "",
});
