// Numbers for whoever reads no exponents: readers of YAML 1.1 take 1e-7 for text, and spreadsheets round what has one.

/** All digits of a number, as short as they can be: 0.0000001, and not 1e-7. */
export function decimal(n: number): string {
  const written = String(n);
  const [, sign = "", whole = "", fraction = "", power] =
    /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(written) ?? [];
  if (power === undefined) return written;
  const exponent = Number(power);
  const digits = `${whole}${fraction}`;
  return `${sign}${exponent < 0 ? `0.${"0".repeat(-exponent - 1)}${digits}` : digits.padEnd(exponent + 1, "0")}`;
}
