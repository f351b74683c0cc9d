import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** Waits until a condition holds, and gives what it gave; says which one did not come true within 10 seconds. */
export async function until<T>(what: string, condition: () => T | undefined | false): Promise<T> {
  for (const end = Date.now() + 10_000; ;) {
    const value = condition();
    if (value !== undefined && value !== false) return value;
    if (Date.now() > end) throw new Error(`waited in vain until ${what}`);
    await delay(20);
  }
}

/** The trimmed content of a file once it has a whole line. */
export function untilWritten(file: string): Promise<string> {
  return until(`${file} is written`, () => {
    const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
    return text.endsWith('\n') && text.trim();
  });
}

/** Whether a process runs; a zombie that nobody has reaped yet does not. */
export function runs(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
