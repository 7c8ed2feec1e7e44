// Paths as CI systems want them: from the root of the repository, which is where pipelines run, with `/`.

/** `./teams\\a.yaml` → `teams/a.yaml`. */
export function repositoryPath(file: string): string {
  return file.replaceAll("\\", "/").replace(/^(?:\.\/+)+/, "");
}
