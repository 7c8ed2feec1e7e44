// Expands entries that name a template, and keeps where each of their fields is written.
import type { ParameterValue, Problem, Template } from "../../schema/index.ts";
import { didYouMean, printable } from "../../text/index.ts";
import type { Fields } from "../mapping.ts";
import type { Places } from "../yaml/places.ts";
import { pointerTo } from "../yaml/pointer.ts";
import type { FieldOrigin } from "./origins.ts";
import { type Argument, setOwn, substitute } from "./substitute.ts";

/** One balance that an entry expands to. */
export interface ExpandedFields {
  readonly fields: Fields;
  readonly origins: ReadonlyMap<string, FieldOrigin>;
}

/** Fields of an entry, grant or template that a balance does not have. */
export const NOT_OF_BALANCES: ReadonlySet<string> = new Set([
  "template",
  "with",
  "parameters",
  "balances",
  "to",
  "when_they_leave",
]);

/** The templates of one file. */
export class Templates {
  constructor(
    private readonly written: Fields,
    /** Whether a template has a problem. It has been reported, and entries that name the template expand to nothing. */
    private readonly isBroken: (pointer: string) => boolean,
    private readonly places: Places,
    private readonly say: (problem: Problem) => void,
  ) {}

  /**
   * The balances of an entry that names a template; the entry as it is if it names none.
   * @param pointer to the entry
   * @returns nothing if there is a problem, which has been reported then
   */
  expand(entry: Fields, pointer: string): readonly ExpandedFields[] {
    if (!Object.hasOwn(entry, "template")) return [{ fields: entry, origins: NOWHERE_ELSE }];
    const found = this.find(entry.template, pointerTo(pointer, "template"));
    if (found === undefined) return [];
    const { template, name, at } = found;
    const given = this.arguments(template, name, at, entry.with, pointer);
    if (given === undefined) return [];
    const bodies = this.bodies(template, name, at);
    if (bodies.length > 1 && this.refusesOneName(entry, pointer, name)) return [];
    return bodies.flatMap((layers) => this.merged(entry, layers, given) ?? []);
  }

  /** Checks the parameters in all templates, whether the templates are used or not. */
  check(): void {
    for (const [name, written] of Object.entries(this.written)) {
      const at = pointerTo("/templates", name);
      if (this.isBroken(at)) continue;
      const template = written as Template;
      const any: Argument = { value: "", pointer: at };
      const given = new Map(Object.keys(template.parameters ?? {}).map((parameter) => [parameter, any]));
      for (const layers of this.bodies(template, printable(name), at)) this.merged({}, layers, given);
    }
  }

  private find(named: unknown, pointer: string) {
    if (typeof named !== "string") return undefined;
    if (!Object.hasOwn(this.written, named)) {
      const names = Object.keys(this.written);
      const meant = didYouMean(named, names);
      const hint = meant
        ? `did you mean ${printable(meant)}?`
        : names.length > 0
          ? `the templates of this file are ${names.map((name) => printable(name)).join(", ")}`
          : "write it under `templates:` in this file; other files have templates of their own";
      this.complain(
        "unknown-template",
        `there is no template \`${printable(named)}\``,
        hint,
        pointer,
        "value",
      );
      return undefined;
    }
    const at = pointerTo("/templates", named);
    if (this.isBroken(at)) return undefined;
    return { template: this.written[named] as Template, name: printable(named), at };
  }

  /** The values of the parameters; `undefined` if one is missing, or is given for no parameter. */
  private arguments(
    template: Template,
    name: string,
    at: string,
    given: unknown = {},
    pointer: string,
  ): ReadonlyMap<string, Argument> | undefined {
    const parameters = template.parameters ?? {};
    const values = given as Readonly<Record<string, ParameterValue>>;
    const found = new Map<string, Argument>();
    const missing: string[] = [];
    for (const [parameter, { default: otherwise }] of Object.entries(parameters)) {
      if (Object.hasOwn(values, parameter)) {
        const value = values[parameter] as ParameterValue;
        found.set(parameter, { value, pointer: pointerTo(`${pointer}/with`, parameter) });
      } else if (otherwise !== undefined) {
        const from = `${pointerTo(`${at}/parameters`, parameter)}/default`;
        found.set(parameter, { value: otherwise, pointer: from });
      } else missing.push(parameter);
    }
    const unknown = Object.keys(values).filter((value) => !Object.hasOwn(parameters, value));
    for (const value of unknown) {
      const meant = didYouMean(value, Object.keys(parameters));
      const hint = meant ? `did you mean \`${printable(meant)}\`?` : this.parametersOf(template);
      const message = `the template ${name} has no parameter \`${printable(value)}\``;
      this.complain("unknown-parameter", message, hint, pointerTo(`${pointer}/with`, value), "name");
    }
    if (missing.length > 0 && unknown.length === 0) {
      const names = missing.map((parameter) => `\`${printable(parameter)}\``).join(", ");
      const hint = `add \`with: { ${missing.map((parameter) => `${printable(parameter)}: …`).join(", ")} }\``;
      this.complain(
        "missing-parameter",
        `the template ${name} needs a value of ${names}`,
        hint,
        pointer,
        "value",
      );
    }
    return missing.length + unknown.length > 0 ? undefined : found;
  }

  private parametersOf({ parameters = {} }: Template): string {
    const names = Object.keys(parameters).map((parameter) => `\`${printable(parameter)}\``);
    return names.length === 0 ? "it has none: remove the value" : `its parameters are ${names.join(", ")}`;
  }

  /** The fields of each balance of a template, in layers: its own first, then those that all balances share. */
  private bodies(template: Template, name: string, at: string): readonly (readonly Layer[])[] {
    const shared: Layer = { fields: template, pointer: at };
    if (!Object.hasOwn(template, "balances")) return [[shared]];
    const balances = template.balances ?? [];
    if (balances.length === 0) {
      const message = `the template ${name} has no balance under \`balances\``;
      const hint = "add one, or remove `balances` and write its fields beside it";
      this.complain("empty-template", message, hint, `${at}/balances`, "name");
    }
    return balances.map((fields, index) => [{ fields, pointer: `${at}/balances/${index}` }, shared]);
  }

  private merged(
    entry: Fields,
    layers: readonly Layer[],
    given: ReadonlyMap<string, Argument>,
  ): ExpandedFields | undefined {
    const fields: Record<string, unknown> = {};
    const origins = new Map<string, FieldOrigin>();
    for (const [field, value] of Object.entries(entry)) {
      if (!NOT_OF_BALANCES.has(field)) setOwn(fields, field, value);
    }
    let isWhole = true;
    for (const { fields: layer, pointer } of layers) {
      for (const [field, value] of Object.entries(layer)) {
        if (NOT_OF_BALANCES.has(field) || Object.hasOwn(fields, field)) continue;
        const at = pointerTo(pointer, field);
        const { value: filled, sources, unknown } = substitute(value, given);
        for (const one of unknown) this.noSuchParameter(one.name, `${at}${one.pointer}`, given);
        isWhole &&= unknown.length === 0;
        setOwn(fields, field, filled);
        origins.set(field, sources.size > 0 ? { pointer: at, sources } : { pointer: at });
      }
    }
    return isWhole ? { fields, origins } : undefined;
  }

  private noSuchParameter(name: string | null, pointer: string, given: ReadonlyMap<string, Argument>): void {
    if (name === null) {
      const hint = `write \`\${name}\`, or ${LITERAL}`;
      this.complain("unknown-parameter", `a \`\${\` has no \`}\``, hint, pointer, "value");
      return;
    }
    const meant = didYouMean(name, [...given.keys()]);
    const hint = meant
      ? `did you mean \${${printable(meant)}}?`
      : `name it under \`parameters:\` of the template, or write ${LITERAL}`;
    this.complain(
      "unknown-parameter",
      `there is no parameter \`${printable(name)}\``,
      hint,
      pointer,
      "value",
    );
  }

  /** Refuses fields that several balances of a customer cannot share: their name, or the row to adopt. */
  private refusesOneName(entry: Fields, pointer: string, name: string): boolean {
    const field = ["id", "adopt"].find((one) => Object.hasOwn(entry, one));
    if (field === undefined) return false;
    const message = `\`${field}\` is of one balance, and the template ${name} has several`;
    this.complain(
      "several-balances",
      message,
      "write it in the balances of the template",
      pointerTo(pointer, field),
      "name",
    );
    return true;
  }

  private complain(code: string, message: string, hint: string, pointer: string, at: "name" | "value"): void {
    const place = at === "name" ? this.places.placeOfName(pointer) : this.places.placeOfValue(pointer);
    this.say({ code, message, hint, ...(place ? { place } : {}), pointer });
  }
}

const LITERAL = `\`$\${\` for a text that has \`\${\` in it`;

interface Layer {
  readonly fields: Fields;
  /** Where they are written. */
  readonly pointer: string;
}

const NOWHERE_ELSE: ReadonlyMap<string, FieldOrigin> = new Map();
