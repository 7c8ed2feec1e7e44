// A server of the Model Context Protocol over stdin and stdout, with the tools of the table. Calls are answered one at
// a time, mistakes as results that an agent can read, and no answer holds a secret key.
import { McpServer } from "@modelcontextprotocol/server";
import { StdioServerTransport, serveStdio } from "@modelcontextprotocol/server/stdio";
import { problemsOf, VERSION } from "../../app/index.ts";
import { problemsText } from "../../report/index.ts";
import { TOOLS, type Tool, type ToolContext } from "./tools.ts";

/** The most characters of an answer; more would fill up the agent's context. */
const MOST_CHARACTERS = 100_000;

const INSTRUCTIONS =
  "Balances of customers are declared in files, reviewed in git and applied by a pipeline. These tools read and propose; nothing here changes Autumn or a file. Propose an edit as a diff, have it committed, and look at the plan.";

/** Serves until stdin ends. */
export async function serve(context: ToolContext): Promise<void> {
  const transport = new StdioServerTransport();
  const ended = new Promise<void>((resolve) => {
    process.stdin.once("end", resolve).once("close", resolve);
  });
  const handle = serveStdio(() => serverOf(context), { transport });
  await ended;
  await handle.close();
}

function serverOf(context: ToolContext): McpServer {
  const server = new McpServer({ name: "autumn-balances", version: VERSION }, { instructions: INSTRUCTIONS });
  let before: Promise<unknown> = Promise.resolve();
  for (const tool of TOOLS) {
    const { name, title, description, input } = tool;
    const annotations = {
      title,
      readOnlyHint: true,
      destructiveHint: false,
      idempotentHint: true,
      openWorldHint: false,
    };
    server.registerTool(name, { title, description, inputSchema: input, annotations }, (given) => {
      const answered = before.then(() => answer(tool, given, context));
      before = answered;
      return answered;
    });
  }
  return server;
}

async function answer(tool: Tool, given: Record<string, unknown>, context: ToolContext) {
  const { terminal } = context;
  const [text, isError] = await tool.run(given, context).then(
    (said) => [said, false] as const,
    (error: unknown) =>
      [problemsText(problemsOf(error), { severity: "error", colours: false }), true] as const,
  );
  const whole = terminal.withoutKey(text);
  const shown =
    whole.length <= MOST_CHARACTERS ? whole : `${whole.slice(0, MOST_CHARACTERS)}\n… the rest is left out\n`;
  return { content: [{ type: "text" as const, text: shown }], ...(isError ? { isError } : {}) };
}
