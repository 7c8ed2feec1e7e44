// Turns YAML nodes into plain values, as JSON would have them. Refuses, at its place, what YAML allows but a balances
// file must not have: duplicate names, tags, aliases that explode or refer to themselves, .nan and .inf.
import { type Alias, isAlias, isMap, isScalar, isSeq, type Pair, type Scalar, type YAMLMap } from "yaml";
import type { Problem } from "../../schema/index.ts";
import { didYouMean, printable, quoted } from "../../text/index.ts";
import { splitNumber } from "../complaints/split-number.ts";
import { type Lines, placeText } from "./lines.ts";
import { offsetOf, Tree, type YamlNode } from "./places.ts";
import { pointerTo } from "./pointer.ts";

const CORE_TAG = /^tag:yaml\.org,2002:(?:str|int|float|bool|null|map|seq)$/;
/** What YAML does not read as text unless it is quoted. */
const NOT_TEXT =
  /^(?:~?|null|true|false|[-+]?(?:\d[\d.]*|\.\d+)(?:e[-+]?\d+)?|0[ox][\da-f]+|[-+]?\.inf|\.nan)$/i;
/** How many values aliases may add, and how many more for each written value: enough for every honest use. */
const ALIASED_VALUES = 100_000;
const ALIASED_VALUES_PER_WRITTEN = 20;

export interface Plain {
  readonly value: unknown;
  readonly tree: Tree;
  readonly problems: readonly Problem[];
  /** Set when the value is incomplete, so that checking it further would only produce noise. */
  readonly incomplete: boolean;
}

export function plainValue(root: YamlNode, lines: Lines): Plain {
  const reader = new Reader(root, lines);
  const value = reader.read(root, "");
  return { value, tree: reader.tree, problems: reader.problems, incomplete: reader.exploded };
}

interface Anchored {
  readonly node: YamlNode;
  value: unknown;
  /** How many values it stands for; `undefined` while it is still being read. */
  size: number | undefined;
}

class Reader {
  readonly tree: Tree;
  readonly problems: Problem[] = [];
  exploded = false;
  readonly #lines: Lines;
  readonly #anchors = new Map<string, Anchored>();
  readonly #usualNames = new Set<string>();
  #written = 0;
  #aliased = 0;

  constructor(root: YamlNode, lines: Lines) {
    this.tree = new Tree(root, lines);
    this.#lines = lines;
  }

  read(node: YamlNode, pointer: string): unknown {
    this.#written++;
    if (node === null) return null;
    if (isAlias(node)) return this.#alias(node, pointer);
    if (node.tag !== undefined && !CORE_TAG.test(node.tag)) {
      const message = `the tag ${printable(node.tag.replace("tag:yaml.org,2002:", "!!"))} is not supported`;
      this.#complain(
        node,
        pointer,
        "yaml-tag",
        message,
        "remove the tag; write plain text, numbers, true or false",
      );
    }
    if (node.anchor === undefined) return this.#content(node, pointer);
    const anchored: Anchored = { node, value: null, size: undefined };
    this.#anchors.set(node.anchor, anchored);
    const before = this.#written + this.#aliased;
    anchored.value = this.#content(node, pointer);
    anchored.size = this.#written + this.#aliased - before + 1;
    return anchored.value;
  }

  #content(node: Exclude<YamlNode, Alias | null>, pointer: string): unknown {
    if (isScalar(node)) return this.#scalar(node, pointer);
    if (isSeq(node))
      return node.items.map((item, index) => this.read(item as YamlNode, `${pointer}/${index}`));
    return this.#map(node, pointer);
  }

  #scalar(node: Scalar, pointer: string): unknown {
    const { value } = node;
    if (typeof value === "number" && !Number.isFinite(value)) {
      const written = printable(node.source ?? String(value));
      const message = `${written} is not a number that can be counted with`;
      this.#complain(
        node,
        pointer,
        "not-finite",
        message,
        "write the number out, or quote it where it is text",
      );
    }
    return value;
  }

  #map(map: YAMLMap, pointer: string): Record<string, unknown> {
    const value: Record<string, unknown> = {};
    let merge: YamlNode | undefined;
    const fields = map.items as Pair<Scalar<string>, YamlNode>[];
    let skipped = 0;
    for (const [index, pair] of fields.entries()) {
      if (skipped > 0) {
        skipped -= 1;
        continue;
      }
      const { key } = pair;
      // A comma ends a value only between { and }.
      const split = map.flow ? splitNumber(fields, index) : undefined;
      if (split !== undefined && pair.value !== null) {
        skipped = split.parts;
        const message = "a comma within { } ends the number";
        this.#complain(
          pair.value,
          pointerTo(pointer, String(key.value)),
          "name-not-text",
          message,
          `write ${split.meant}`,
        );
      }
      const name = String(key.value);
      if (!this.#usualNames.has(name)) this.#checkName(key, name, pointer);
      if (Object.hasOwn(value, name) || (merge !== undefined && isMergeKey(key))) {
        this.#givenTwice(map, key, name, pointer);
      } else if (isMergeKey(key)) {
        merge = pair.value;
      } else if (name === "__proto__") {
        // An assignment would set the prototype instead of a field.
        const own = { value: this.read(pair.value, `${pointer}/${name}`), enumerable: true };
        Object.defineProperty(value, name, own);
      } else value[name] = this.read(pair.value, pointerTo(pointer, name));
    }
    if (merge !== undefined) this.#merge(map, merge, value, pointer);
    return value;
  }

  /** Field names are few and repeat in every entry, so each is checked only once. */
  #checkName(key: Scalar, name: string, pointer: string): void {
    if (!NOT_TEXT.test(name)) this.#usualNames.add(name);
    else if (key.type === "PLAIN") {
      const message =
        name === "" ? "the name of a field is missing" : `the name ${printable(name)} is not text`;
      this.#complain(key, pointerTo(pointer, name), "name-not-text", message, `quote it: ${quoted(name)}`);
    }
  }

  #givenTwice(map: YAMLMap, key: Scalar, name: string, pointer: string): void {
    const first = (map.items as Pair<Scalar>[]).find((pair) => pair.key.value === name)?.key ?? key;
    const place = placeText(this.#lines.place(offsetOf(first)));
    const message = `\`${printable(name)}\` is given twice; the first is at ${place}`;
    this.#complain(key, pointerTo(pointer, name), "given-twice", message, "remove one of the two");
  }

  /** `<<: *defaults`: adds the fields of other mappings that this one does not have itself. */
  #merge(map: YAMLMap, merged: YamlNode, into: Record<string, unknown>, pointer: string): void {
    const sources = isSeq(merged) ? (merged.items as YamlNode[]) : [merged];
    for (const source of sources) {
      const value = this.read(source, pointer);
      const target = this.tree.target(source);
      if (!isMap(target)) {
        if (value !== null || !isAlias(source)) {
          const hint = "write `<<: *name`, where `&name` marks a mapping";
          this.#complain(
            source ?? map,
            pointer,
            "bad-merge",
            "`<<` takes a mapping, or a list of them",
            hint,
          );
        }
        continue;
      }
      this.tree.addMerge(map, target);
      for (const [name, inherited] of Object.entries(value as Record<string, unknown>)) {
        if (Object.hasOwn(into, name)) continue;
        Object.defineProperty(into, name, {
          value: inherited,
          enumerable: true,
          writable: true,
          configurable: true,
        });
      }
    }
  }

  #alias(alias: Alias, pointer: string): unknown {
    const anchored = this.#anchors.get(alias.source);
    const name = `*${printable(alias.source)}`;
    if (anchored === undefined) {
      const meant = didYouMean(alias.source, [...this.#anchors.keys()]);
      const hint = `${meant ? `did you mean *${printable(meant)}? ` : ""}quote it if it is text: "${name}"`;
      this.#complain(alias, pointer, "unknown-alias", `nothing above is marked &${name.slice(1)}`, hint);
      return null;
    }
    if (anchored.size === undefined) {
      this.#complain(
        alias,
        pointer,
        "alias-loop",
        `${name} stands inside of what it refers to`,
        "write it out",
      );
      return null;
    }
    this.#aliased += anchored.size;
    if (this.#aliased > ALIASED_VALUES + ALIASED_VALUES_PER_WRITTEN * this.#written) {
      if (!this.exploded) {
        const message = `the aliases up to ${name} stand for more than ${this.#aliased - anchored.size} values`;
        this.#complain(alias, pointer, "alias-bomb", message, "write the balances out");
      }
      this.exploded = true;
      return null;
    }
    this.tree.addTarget(alias, anchored.node);
    return anchored.value;
  }

  #complain(node: NonNullable<YamlNode>, pointer: string, code: string, message: string, hint: string): void {
    this.tree.complained.add(node);
    this.problems.push({ code, message, hint, place: this.#lines.place(offsetOf(node)), pointer });
  }
}

const isMergeKey = (key: Scalar): boolean => key.value === "<<" && key.type === "PLAIN";
