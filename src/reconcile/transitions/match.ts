// Matches rows to entries. Pure, and linear in both.
import { balanceName, type DesiredBalance } from "../../schema/index.ts";
import { parseRemoteId } from "../remote-id.ts";
import { nameOf, type Row } from "../row.ts";

/** A row of a key, with its generation; 0 is an adopted row. */
export interface Generation {
  readonly row: Row;
  readonly generation: number;
}

export const isAdopted = ({ generation }: Generation): boolean => generation === 0;

/** Rows of the namespace that no entry declares. */
export interface Undeclared {
  readonly customerId: string;
  readonly key: string;
  readonly generations: Generation[];
}

export interface Match {
  /** The rows of each entry, in the order of the entries. */
  readonly declared: readonly (readonly Generation[])[];
  readonly undeclared: readonly Undeclared[];
  /** Rows of the namespace that have not ended. */
  readonly ownedRows: number;
}

const NONE: readonly Generation[] = [];

/** @param now ms since 1970; rows that have ended by then are not counted in `ownedRows` */
export function matchRows(
  balances: readonly DesiredBalance[],
  rowsByCustomer: ReadonlyMap<string, readonly Row[]>,
  namespace: string,
  now = Number.NEGATIVE_INFINITY,
): Match {
  const indexOf = new Map<string, number>();
  const adopterOf = new Map<string, number>();
  balances.forEach((balance, index) => {
    indexOf.set(balanceName(balance.customerId, balance.key), index);
    if (balance.adopt !== null) adopterOf.set(balanceName(balance.customerId, balance.adopt), index);
  });

  const declared: (Generation[] | undefined)[] = new Array(balances.length);
  const undeclared = new Map<string, Undeclared>();
  let ownedRows = 0;
  for (const [customerId, rows] of rowsByCustomer) {
    for (const row of rows) {
      const own = parseRemoteId(namespace, row.balanceId);
      if (own && (row.expiresAt === null || row.expiresAt > now)) ownedRows++;
      const adopter = adopterOf.size > 0 ? adopterOf.get(balanceName(customerId, nameOf(row))) : undefined;
      // An adopted row is generation 0, before all of the entry's own, unless it is one of them.
      const adopted = adopter !== undefined && balances[adopter]?.key !== own?.key;
      const index = adopted ? adopter : own && indexOf.get(balanceName(customerId, own.key));
      const generation: Generation = { row, generation: adopted ? 0 : (own?.generation ?? 0) };
      if (index !== undefined) {
        const generations = declared[index];
        if (generations) generations.push(generation);
        else declared[index] = [generation];
      } else if (own) {
        const name = balanceName(customerId, own.key);
        const found = undeclared.get(name);
        if (found) found.generations.push(generation);
        else undeclared.set(name, { customerId, key: own.key, generations: [generation] });
      }
    }
  }
  return {
    declared: Array.from(declared, (generations) => generations ?? NONE),
    undeclared: [...undeclared.values()],
    ownedRows,
  };
}
