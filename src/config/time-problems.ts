// Problems with the periods of one entry: its start and end, and its phases.
import { type DesiredBalance, goesOn, msToInstant, type Problem } from "../schema/index.ts";

type Found = Pick<Problem, "code" | "message" | "hint"> & { readonly pointer: string };

/** @returns problems with pointers relative to the entry */
export function timeProblems(balance: DesiredBalance): Found[] {
  const { phases, startsAt, expiresAt } = balance;
  if (phases !== undefined) return phaseProblems(balance, phases);
  if (startsAt === undefined || expiresAt === null || startsAt < expiresAt) return [];
  const message = `it starts on ${msToInstant(startsAt)}, and ends on ${msToInstant(expiresAt)} already`;
  const hint = "write a `starts_at` before `expires_at`";
  return [{ code: "ends-before-start", message, hint, pointer: "/starts_at" }];
}

function phaseProblems(
  { gapsAllowed }: DesiredBalance,
  phases: NonNullable<DesiredBalance["phases"]>,
): Found[] {
  return phases.flatMap((phase, index) => {
    const pointer = `/phases/${index}`;
    const name = `phase ${index + 1}`;
    const problem = (code: string, message: string, hint: string): Found[] => [
      { code, message, hint, pointer },
    ];
    const before = phases[index - 1];
    const next = phases[index + 1];
    const { startsAt, endsAt } = phase;
    if (before !== undefined && startsAt === null) {
      const hint = "give it a `starts_at`, or the phase before it an `ends_at`";
      return problem("phase-without-start", `${name} does not say when it starts`, hint);
    }
    if (startsAt !== null && endsAt !== null && endsAt <= startsAt) {
      const message = `${name} starts on ${msToInstant(startsAt)}, and ends on ${msToInstant(endsAt)} already`;
      return problem(
        "ends-before-start",
        message,
        "write the phases in the order of time, each with a later end",
      );
    }
    if (before?.endsAt != null && startsAt !== null && startsAt !== before.endsAt) {
      const [ends, starts] = [msToInstant(before.endsAt), msToInstant(startsAt)];
      if (startsAt < before.endsAt) {
        const message = `${name} starts on ${starts}, before phase ${index} ends on ${ends}`;
        return problem(
          "phases-overlap",
          message,
          "leave one of the two moments out: it is taken from the other",
        );
      }
      if (gapsAllowed !== true) {
        const message = `between phase ${index}, which ends on ${ends}, and ${name}, which starts on ${starts}, there is nothing`;
        return problem("phase-gap", message, "leave one of the two moments out, or write `gaps: allowed`");
      }
    }
    if (phase.reset !== null && endsAt !== null && !goesOn(phase, next)) {
      const message = `${name} ends on ${msToInstant(endsAt)}, but resets: in Autumn what resets cannot end by itself`;
      return problem("phase-cannot-end", message, "remove its `reset`, its `ends_at`, or the gap after it");
    }
    return [];
  });
}
