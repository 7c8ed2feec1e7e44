// Takes parsed JSON apart, and believes nothing of it: what is not of the type it has to be is damage.

/** The JSON is not what was written. */
export class DamageError extends Error {
  override readonly name = "DamageError";
}

export class Fields {
  private constructor(
    private readonly object: Readonly<Record<string, unknown>>,
    private readonly path: string,
  ) {}

  static of(value: unknown, path: string): Fields {
    if (typeof value !== "object" || value === null || Array.isArray(value)) throw new DamageError(path);
    return new Fields(value as Record<string, unknown>, path);
  }

  has(name: string): boolean {
    return Object.hasOwn(this.object, name);
  }

  anything(name: string): unknown {
    return this.has(name) ? this.object[name] : undefined;
  }

  text(name: string): string {
    const value = this.anything(name);
    return typeof value === "string" ? value : this.damaged(name);
  }

  number(name: string): number {
    const value = this.anything(name);
    return typeof value === "number" ? value : this.damaged(name);
  }

  flag(name: string): boolean {
    const value = this.anything(name);
    return typeof value === "boolean" ? value : this.damaged(name);
  }

  oneOf<T extends string>(name: string, values: readonly T[]): T {
    return values.find((one) => one === this.anything(name)) ?? this.damaged(name);
  }

  /** ms since 1970. */
  instant(name: string): number {
    const value = this.anything(name);
    const ms = typeof value === "string" ? Date.parse(value) : value;
    return typeof ms === "number" && !Number.isNaN(ms) ? ms : this.damaged(name);
  }

  fields(name: string): Fields {
    return Fields.of(this.anything(name), `${this.path}.${name}`);
  }

  list<T>(name: string, read: (item: Fields) => T): T[] {
    const value = this.anything(name);
    if (!Array.isArray(value)) return this.damaged(name);
    return value.map((item, index) => read(Fields.of(item, `${this.path}.${name}[${index}]`)));
  }

  texts(name: string): string[] {
    const value = this.anything(name);
    if (!Array.isArray(value)) return this.damaged(name);
    return value.map((item) => (typeof item === "string" ? item : this.damaged(name)));
  }

  /** What is `null`, or what `read` makes of it. */
  maybe<T>(name: string, read: (name: string) => T): T | null {
    return this.anything(name) === null ? null : read(name);
  }

  /** By name, amounts of any name. */
  amounts(): Map<string, number> {
    return new Map(Object.keys(this.object).map((name) => [name, this.number(name)]));
  }

  private damaged(name: string): never {
    throw new DamageError(`${this.path}.${name}`);
  }
}
