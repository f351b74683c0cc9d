import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import type { ComponentName, FlagKey } from './components.js';
import type { Fault } from './faults.js';

/** What happened to the platform. Append-only: later checks compare their own record with this one. */
export type AuditEvent =
  | { kind: 'started'; pid: number; revisions: Record<ComponentName, string> }
  | { kind: 'stopped'; pid: number }
  | { kind: 'deploy'; component: ComponentName; from: string; to: string; result: 'restarting' | 'unchanged' }
  | { kind: 'deploy-failed'; component: ComponentName; from: string; to: string; reason: string }
  | { kind: 'serving'; component: ComponentName; revision: string }
  | { kind: 'flag'; key: FlagKey; share: number; definition: unknown }
  | { kind: 'flag-file'; error: string | null }
  | { kind: 'faults'; faults: readonly Fault[] }
  | { kind: 'fault-tripped'; fault: Fault }
  | { kind: 'backup'; file: string; sha256: string }
  | { kind: 'unreadable'; line: string };

/** `at` is ISO 8601 in UTC with milliseconds. */
export type AuditEntry = { at: string } & AuditEvent;

/** The audit, held in memory and appended to an ndjson file that survives a restart. */
export class AuditLog {
  readonly #file: string;
  readonly #entries: AuditEntry[] = [];

  /** Reads what an earlier process left. A line cut short by a crash is kept as an `unreadable` entry. */
  constructor(file: string) {
    this.#file = file;
    if (!existsSync(file)) return;
    const text = readFileSync(file, 'utf8');
    for (const line of text.split('\n')) if (line !== '') this.#entries.push(parseLine(line));
    if (text !== '' && !text.endsWith('\n')) appendFileSync(file, '\n');
  }

  append(event: AuditEvent): void {
    const entry: AuditEntry = { at: new Date().toISOString(), ...event };
    appendFileSync(this.#file, `${JSON.stringify(entry)}\n`);
    this.#entries.push(entry);
  }

  list(): readonly AuditEntry[] {
    return this.#entries;
  }
}

function parseLine(line: string): AuditEntry {
  try {
    return JSON.parse(line) as AuditEntry;
  } catch {
    return { at: new Date().toISOString(), kind: 'unreadable', line };
  }
}
