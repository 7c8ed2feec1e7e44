// Where the values of expanded entries are written: in the entry itself, in its template, as the value of a parameter,
// or in a file beside. So a problem with an expanded entry is reported at the text that causes it.
import type { Place } from "../../schema/index.ts";
import type { Places, Spelling, Tree } from "../yaml/places.ts";
import { pointerParts, pointerTo } from "../yaml/pointer.ts";

/** Where one field of an expanded entry comes from. */
export interface FieldOrigin {
  /** JSON pointer to the field in the file. */
  readonly pointer: string;
  /**
   * For values that consist of a parameter only: where its value is written. Keys are pointers relative to the field.
   */
  readonly sources?: ReadonlyMap<string, string>;
}

/** Where one expanded entry comes from. */
export interface EntryOrigin {
  /** JSON pointer to what it is expanded from. */
  readonly pointer: string;
  /** Fields that are written elsewhere than below `pointer`. */
  readonly fields: ReadonlyMap<string, FieldOrigin>;
  /** JSON pointer to its grant, for a member of a group. */
  readonly grant?: string;
  /** Whether it stands for no customer, and is only there to be checked. */
  readonly isNobody?: boolean;
  /** Where it is written, if not at `pointer`. */
  readonly place?: Place;
  /** Fields that are written in another file. */
  readonly cells?: (field: string) => { readonly place: Place; readonly written: string } | undefined;
}

const ENTRY = /^\/balances\/(\d+)(?:\/|$)/;

/** The places of an expanded file. */
export class ExpandedPlaces implements Places {
  constructor(
    private readonly tree: Tree,
    private readonly origins: readonly EntryOrigin[],
  ) {}

  placeOfName(pointer: string): Place | undefined {
    return (
      this.cell(pointer)?.place ?? this.elsewhere(pointer) ?? this.tree.placeOfName(this.nameAt(pointer))
    );
  }

  placeOfValue(pointer: string): Place | undefined {
    return (
      this.cell(pointer)?.place ?? this.elsewhere(pointer) ?? this.tree.placeOfValue(this.pointerIn(pointer))
    );
  }

  written(pointer: string): string | undefined {
    return this.cell(pointer)?.written ?? this.tree.written(this.pointerIn(pointer));
  }

  spelling(pointer: string): Spelling | undefined {
    if (this.cell(pointer) !== undefined) return "cell";
    const at = this.pointerIn(pointer);
    return this.isOfTemplate(pointer) && this.tree.written(at)?.includes("${")
      ? "filled"
      : this.tree.spelling(at);
  }

  hasComplaint(pointer: string): boolean {
    return this.cell(pointer) === undefined && this.tree.hasComplaint(this.pointerIn(pointer));
  }

  hasNameComplaint(pointer: string): boolean {
    return this.cell(pointer) === undefined && this.tree.hasNameComplaint(this.nameAt(pointer));
  }

  /** The pointer into the written file, for a value of the expanded one. */
  pointerIn(pointer: string): string {
    return this.resolve(pointer, true);
  }

  private nameAt(pointer: string): string {
    return this.resolve(pointer, false);
  }

  private resolve(pointer: string, followsParameters: boolean): string {
    const [origin, parts] = this.originOf(pointer);
    if (origin === undefined) return pointer;
    const [field, ...inner] = parts;
    const from = field === undefined ? undefined : origin.fields.get(field);
    if (from === undefined) return parts.reduce(pointerTo, origin.pointer);
    const within = inner.reduce(pointerTo, "");
    const source = followsParameters ? from.sources?.get(within) : undefined;
    return source ?? `${from.pointer}${within}`;
  }

  private originOf(pointer: string): [EntryOrigin | undefined, string[]] {
    const index = ENTRY.exec(pointer)?.[1];
    if (index === undefined) return [undefined, []];
    return [this.origins[Number(index)], pointerParts(pointer).slice(2)];
  }

  private isOfTemplate(pointer: string): boolean {
    const [origin, [field = ""]] = this.originOf(pointer);
    return origin?.fields.has(field) === true;
  }

  private cell(pointer: string) {
    const [origin, [field]] = this.originOf(pointer);
    return field === undefined ? undefined : origin?.cells?.(field);
  }

  /** The place of a whole entry that is written in another file. */
  private elsewhere(pointer: string): Place | undefined {
    const [origin, parts] = this.originOf(pointer);
    return parts.length === 0 ? origin?.place : undefined;
  }
}
