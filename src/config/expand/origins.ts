// Where the values of expanded entries are written: in the entry itself, in its template, as the value of a parameter,
// or in a file beside. So a complaint about what came out of an expansion is made where the wrong text stands.
import type { Place } from "../../schema/index.ts";
import type { Places, Spelling, Tree } from "../yaml/places.ts";
import { pointerParts, pointerTo } from "../yaml/pointer.ts";

/** Where one field of an expanded entry comes from. */
export interface FieldOrigin {
  /** JSON pointer to the field in the file. */
  readonly pointer: string;
  /** Of values that are a parameter and nothing else, where that is written, by pointers from the field on. */
  readonly sources?: ReadonlyMap<string, string>;
}

/** Where one expanded entry comes from. */
export interface EntryOrigin {
  /** JSON pointer to what stands for it in the file. */
  readonly pointer: string;
  /** Fields that are written elsewhere than below `pointer`. */
  readonly fields: ReadonlyMap<string, FieldOrigin>;
  /** JSON pointer to the grant that it is of, of a member of a group. */
  readonly grant?: string;
  /** Whether it stands for no customer, and is there to be checked. */
  readonly isNobody?: boolean;
  /** Where it is written, where that is not at `pointer`. */
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
    return this.cell(pointer) === undefined ? this.tree.spelling(this.pointerIn(pointer)) : "cell";
  }

  hasComplaint(pointer: string): boolean {
    return this.cell(pointer) === undefined && this.tree.hasComplaint(this.pointerIn(pointer));
  }

  hasNameComplaint(pointer: string): boolean {
    return this.cell(pointer) === undefined && this.tree.hasNameComplaint(this.nameAt(pointer));
  }

  /** The pointer into the file as it is written, of a value of the expanded one. */
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

  private cell(pointer: string) {
    const [origin, [field]] = this.originOf(pointer);
    return field === undefined ? undefined : origin?.cells?.(field);
  }

  /** The place of an entry as a whole that stands in another file. */
  private elsewhere(pointer: string): Place | undefined {
    const [origin, parts] = this.originOf(pointer);
    return parts.length === 0 ? origin?.place : undefined;
  }
}
