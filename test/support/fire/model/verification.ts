import type { Account, Course } from './account.js';
import { stepOf } from './samples.js';

/** Whoever says that something was taken back has measured, behind the last undo, that all is well again. */
export function verificationComplaints({ verification, paths }: Course, { states, windows }: Account): string[] {
  const returns = Object.entries(states).flatMap(([target, moments]) => {
    const last = moments.at(-1);
    return moments.length > 1 && last?.state === paths[target]?.[0] ? [{ target, at: last?.at ?? 0 }] : [];
  });
  const latest = returns.toSorted((a, b) => a.at - b.at).at(-1);
  if (!latest) return [];
  const passed = windows.filter(({ address, verdict }) => stepOf(address) === verification && verdict === 'PASS');
  if (passed.some(({ t0 }) => t0 >= latest.at)) return [];
  const { target, at } = latest;
  return [`${target} went back at ${at}, and no window ${verification} behind that passed: nobody verified it`];
}
