/** What a small text was understood as, or what is wrong with it and what to write instead. */
export type Understood<T> = { ok: true; value: T } | { ok: false; problem: string; hint: string };

export function understood<T>(value: T): Understood<T> {
  return { ok: true, value };
}

export function misunderstood(problem: string, hint: string): { ok: false; problem: string; hint: string } {
  return { ok: false, problem, hint };
}

/** The value of a text that was checked when its file was loaded; a fault now is a fault of the program. */
export function sure<T>(result: Understood<T>): T {
  if (result.ok) return result.value;
  throw new Error(`unchecked text: ${result.problem}`);
}
