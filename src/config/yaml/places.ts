// Finds the place of a value in its text on demand: only problems need it, and most files have none.
import {
  type Alias,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Pair,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from "yaml";
import type { Place } from "../../schema/index.ts";
import type { Lines } from "./lines.ts";
import { pointerParts } from "./pointer.ts";

export type YamlNode = Alias | Scalar | YAMLMap | YAMLSeq | null;

export const offsetOf = (node: YamlNode): number => node?.range?.[0] ?? 0;

/** What keeps a value from being read as the number or the word that it looks like. */
export type Spelling = "quoted" | "tagged" | "block" | "filled" | "cell";

/** How values are written, by their JSON pointers. */
export interface Spelled {
  /** How a text, a number or a boolean is spelled in the file. */
  written(pointer: string): string | undefined;
  spelling(pointer: string): Spelling | undefined;
}

/** Where and how values are written, by their JSON pointers. */
export interface Places extends Spelled {
  /** The place of a field's name; for anything else, that of the value. */
  placeOfName(pointer: string): Place | undefined;
  placeOfValue(pointer: string): Place | undefined;
  /** Whether a problem with the value, or with the name, has been reported already. */
  hasComplaint(pointer: string): boolean;
  hasNameComplaint(pointer: string): boolean;
}

interface Found {
  /** The name, if the value is a field. */
  readonly key: Scalar | undefined;
  readonly value: YamlNode;
}

export class Tree implements Places {
  /** Nodes with a reported problem. */
  readonly complained = new Set<YamlNode>();
  readonly #root: YamlNode;
  readonly #lines: Lines;
  readonly #targets = new Map<Alias, YamlNode>();
  readonly #merges = new Map<YAMLMap, YAMLMap[]>();

  constructor(root: YamlNode, lines: Lines) {
    this.#root = root;
    this.#lines = lines;
  }

  addTarget(alias: Alias, node: YamlNode): void {
    this.#targets.set(alias, node);
  }

  addMerge(map: YAMLMap, merged: YAMLMap): void {
    const merges = this.#merges.get(map);
    if (merges) merges.push(merged);
    else this.#merges.set(map, [merged]);
  }

  /** The node itself, or what an alias refers to. */
  target(node: YamlNode): YamlNode {
    return isAlias(node) ? (this.#targets.get(node) ?? null) : node;
  }

  /** The places of the items of a list, in its order; the list must be there. */
  itemPlaces(pointer: string): Place[] {
    const list = this.target(this.#find(pointer)?.value ?? null);
    return isSeq(list) ? list.items.map((item) => this.#lines.place(offsetOf(item as YamlNode))) : [];
  }

  placeOfName(pointer: string): Place | undefined {
    const found = this.#find(pointer);
    return found && this.#lines.place(offsetOf(found.key ?? found.value));
  }

  placeOfValue(pointer: string): Place | undefined {
    const found = this.#find(pointer);
    return found && this.#lines.place(offsetOf(found.value ?? found.key ?? null));
  }

  written(pointer: string): string | undefined {
    const node = this.target(this.#find(pointer)?.value ?? null);
    return isScalar(node) ? node.source : undefined;
  }

  spelling(pointer: string): Spelling | undefined {
    const node = this.target(this.#find(pointer)?.value ?? null);
    if (!isScalar(node)) return undefined;
    if (node.tag !== undefined) return "tagged";
    return node.type === "BLOCK_LITERAL" || node.type === "BLOCK_FOLDED" ? "block" : "quoted";
  }

  hasComplaint(pointer: string): boolean {
    const found = this.#find(pointer);
    return (
      found !== undefined &&
      (this.complained.has(found.value) || this.complained.has(this.target(found.value)))
    );
  }

  hasNameComplaint(pointer: string): boolean {
    const key = this.#find(pointer)?.key;
    return key !== undefined && this.complained.has(key);
  }

  #find(pointer: string): Found | undefined {
    let found: Found | undefined = { key: undefined, value: this.#root };
    for (const part of pointerParts(pointer)) {
      const node: YamlNode = this.target(found.value);
      if (isSeq(node)) found = { key: undefined, value: (node.items[Number(part)] ?? null) as YamlNode };
      else if (isMap(node)) found = this.#field(node, part);
      else return undefined;
      if (found === undefined) return undefined;
    }
    return found;
  }

  #field(map: YAMLMap, name: string): Found | undefined {
    for (const pair of map.items as Pair<Scalar, YamlNode>[]) {
      if (pair.key.value === name) return { key: pair.key, value: pair.value };
    }
    for (const merged of this.#merges.get(map) ?? []) {
      const found = this.#field(merged, name);
      if (found) return found;
    }
    return undefined;
  }
}
