// GitHub Flavored Markdown as a tree.
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmFromMarkdown } from "mdast-util-gfm";
import { gfm } from "micromark-extension-gfm";

export interface Parsed {
  readonly type: string;
  readonly value?: string;
  readonly url?: string;
  readonly children?: readonly Parsed[];
}

export function parse(markdown: string): Parsed {
  return fromMarkdown(markdown, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] }) as Parsed;
}

/** All nodes of a type, in the order of the document. */
export function nodesOf(node: Parsed, type: string): Parsed[] {
  const below = (node.children ?? []).flatMap((child) => nodesOf(child, type));
  return node.type === type ? [node, ...below] : below;
}

/** The texts in code spans. */
export const codeIn = (node: Parsed): string[] => nodesOf(node, "inlineCode").map(({ value }) => value ?? "");
