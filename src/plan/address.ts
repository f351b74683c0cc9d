/** `phase/step#attempt`: how people, signals, approvals and files refer to a point of a run. Attempts count from 1. */
export function address(phase: string, step: string, attempt: number): string {
  return `${phase}/${step}#${attempt}`;
}

export interface Address {
  phase: string;
  step: string;
  attempt?: number;
}

/** Reads `1a/window#2`, `1a/window` or `window`; case and blanks around are forgiven. Undefined when it is none. */
export function parseAddress(text: string, defaultPhase?: string): Address | undefined {
  const match = /^(?:([a-z0-9][a-z0-9-]*)\/)?([a-z0-9][a-z0-9@-]*)(?:#([1-9]\d{0,5}))?$/.exec(
    text.trim().toLowerCase()
  );
  const phase = match?.[1] ?? defaultPhase;
  if (!match?.[2] || phase === undefined) return undefined;
  return { phase, step: match[2], ...(match[3] === undefined ? {} : { attempt: Number(match[3]) }) };
}

/** Whether what a person wrote means this address; a missing attempt means whichever is open. */
export function means(written: Address, full: string): boolean {
  const target = parseAddress(full);
  return (
    target !== undefined &&
    target.phase === written.phase &&
    target.step === written.step &&
    (written.attempt === undefined || written.attempt === target.attempt)
  );
}
