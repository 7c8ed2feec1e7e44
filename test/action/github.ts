// A stand-in of GitHub's REST API, as far as comments go: it keeps them, pages them, and looks at the token.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

export interface Comment {
  readonly id: number;
  readonly login: string;
  body: string;
}

export interface Caller {
  readonly login: string;
  /** What a pull request from a fork is not given. */
  readonly mayWrite: boolean;
}

export const TOKEN = "ghs_ofTheWorkflow0123456789";
export const FORK_TOKEN = "ghs_ofAFork0123456789";
export const US = "github-actions[bot]";

const CALLERS: Readonly<Record<string, Caller>> = {
  [TOKEN]: { login: US, mayWrite: true },
  [FORK_TOKEN]: { login: US, mayWrite: false },
};

/** Characters that GitHub takes in a comment. */
export const MOST_CHARACTERS = 65_536;

export interface GitHub {
  readonly url: string;
  /** Of pull request 7 of acme/billing. */
  readonly comments: Comment[];
  /** `GET /repos/…`, in their order. */
  readonly calls: string[];
  /** What others do as soon as a comment is rewritten. */
  readonly meanwhile: (() => void)[];
  /** Writes a comment as somebody. */
  add(login: string, body: string): Comment;
}

interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export async function github(): Promise<GitHub> {
  const comments: Comment[] = [];
  const calls: string[] = [];
  const meanwhile: (() => void)[] = [];
  let lastId = 100;
  const add = (login: string, body: string): Comment => {
    const comment = { id: ++lastId, login, body };
    comments.push(comment);
    return comment;
  };
  const server = createServer(async (request, response) => {
    calls.push(`${request.method} ${request.url}`);
    send(response, answerTo(request, await textOf(request), { comments, add, url, meanwhile }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, comments, calls, meanwhile, add };
}

function answerTo(
  { method, url: path = "", headers }: IncomingMessage,
  text: string,
  { comments, add, url, meanwhile }: Pick<GitHub, "comments" | "add" | "url" | "meanwhile">,
): Answer {
  const caller = CALLERS[(headers.authorization ?? "").replace(/^token /, "")];
  if (caller === undefined) return refusal(401, "Bad credentials");
  if (method === "POST" && path === "/graphql") {
    return { status: 200, body: { data: { viewer: { login: caller.login } } } };
  }
  const [, number] = /^\/repos\/acme\/billing\/issues\/(\d+)\/comments(?:\?|$)/.exec(path) ?? [];
  if (number !== undefined && number !== "7") return refusal(404, "Not Found");
  if (number !== undefined && method === "GET") return page(comments, new URL(path, url));
  const [, id] = /^\/repos\/acme\/billing\/issues\/comments\/(\d+)$/.exec(path) ?? [];
  const comment = comments.find((one) => String(one.id) === id);
  if (number === undefined && comment === undefined) return refusal(404, "Not Found");
  const isOthers = comment !== undefined && comment.login !== caller.login;
  if (!caller.mayWrite || isOthers) return refusal(403, "Resource not accessible by integration");
  if (comment !== undefined && method === "DELETE") {
    comments.splice(comments.indexOf(comment), 1);
    return { status: 204 };
  }
  const { body } = JSON.parse(text) as { body: string };
  if (body.length > MOST_CHARACTERS) {
    return refusal(422, `Validation Failed: body is too long (maximum is ${MOST_CHARACTERS} characters)`);
  }
  if (comment === undefined) return { status: 201, body: shown(add(caller.login, body)) };
  comment.body = body;
  for (const happens of meanwhile.splice(0)) happens();
  return { status: 200, body: shown(comment) };
}

/** 30 a page unless more are asked for, and never more than 100; where the next page is stands in a header. */
function page(comments: readonly Comment[], { origin, pathname, searchParams }: URL): Answer {
  const size = Math.min(Number(searchParams.get("per_page") ?? 30), 100);
  const at = Number(searchParams.get("page") ?? 1);
  const next = `<${origin}${pathname}?per_page=${size}&page=${at + 1}>; rel="next"`;
  return {
    status: 200,
    body: comments.slice((at - 1) * size, at * size).map(shown),
    headers: at * size < comments.length ? { link: next } : {},
  };
}

const shown = ({ id, login, body }: Comment) => ({ id, body, user: { login, type: "Bot" } });

const refusal = (status: number, message: string): Answer => ({ status, body: { message } });

function send(response: ServerResponse, { status, body, headers = {} }: Answer): void {
  response.writeHead(status, { "content-type": "application/json; charset=utf-8", ...headers });
  response.end(body === undefined ? "" : JSON.stringify(body));
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}
