// Type-checks the programs in a document against the sources, as strictly as the project itself is checked.
import { join } from "node:path";
import ts from "typescript";
import { ROOT } from "./session.ts";

/** @returns every complaint, none when all is well */
export function complaintsAbout(folder: string, files: readonly string[]): string[] {
  const program = ts.createProgram(
    files.map((file) => join(folder, file)),
    {
      target: ts.ScriptTarget.ES2023,
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      allowImportingTsExtensions: true,
      skipLibCheck: true,
      noEmit: true,
      types: ["node"],
      typeRoots: [join(ROOT, "node_modules/@types")],
      paths: {
        "autumn-balances": [join(ROOT, "src/index.ts")],
        "autumn-balances/emulator": [join(ROOT, "src/emulator/index.ts")],
        "autumn-balances/cdktf": [join(ROOT, "src/cdktf/index.ts")],
      },
    },
  );
  return ts.getPreEmitDiagnostics(program).map(({ file, start, messageText }) => {
    const line = file && start !== undefined ? file.getLineAndCharacterOfPosition(start).line + 1 : 0;
    return `${file?.fileName}:${line}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`;
  });
}
