/** What a process gets of the environment of the tests, and no more: where programs are, and where it may write. */
export const bare = (): { PATH: string; TMPDIR: string } => ({
  PATH: process.env.PATH ?? "",
  TMPDIR: process.env.TMPDIR ?? "",
});
