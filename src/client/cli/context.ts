import type { Command } from 'commander';
import { userInfo } from 'node:os';
import { PhasegateError } from '../../plan/errors.js';
import type { ExitCode } from '../../plan/outcome.js';
import type { PhasegateClient } from '../phasegate-client.js';
import type { Paint } from '../render/paint.js';
import { parseSpan } from '../render/time.js';
import { noName, type Caller } from './caller.js';
import { columnsOf, paintOn, type Io } from './io.js';
import { asCalled, ownName } from './own-name.js';

/** Options that every command takes, before or after its name. */
export interface GlobalOptions {
  as?: string;
  profile?: string;
  address?: string;
  namespace?: string;
  /** False with `--no-color`. */
  color: boolean;
  /** False with `--no-input`. */
  input: boolean;
  timeout?: string;
}

/** What a command works with. */
export class Context {
  readonly io: Io;
  readonly options: GlobalOptions;
  private client: PhasegateClient | undefined;
  /** Set by a command that ends in its own way when the time is up; {@link timeUp} tells it. */
  keepsTime = false;
  private readonly clock = new AbortController();

  constructor(io: Io, options: GlobalOptions) {
    this.io = io;
    this.options = options;
  }

  /** Who is asking: `--as`, then PHASEGATE_USER, then the name in the operating system, if it has one. */
  get caller(): Caller {
    const { as } = this.options;
    if (as !== undefined) return { name: as, source: '--as' };
    const named = this.io.env['PHASEGATE_USER'];
    if (named !== undefined && named !== '') return { name: named, source: 'PHASEGATE_USER' };
    return { name: osUser(), source: 'operating system' };
  }

  /** The same, for what is done in a person's name. @throws PhasegateError PG411 when nobody says who it is */
  get me(): { name: string; source: string } {
    const { name, source } = this.caller;
    if (name === undefined) throw new PhasegateError('PG411', noName);
    return { name, source };
  }

  /** Milliseconds, when `--timeout` was given. */
  get timeoutMs(): number | undefined {
    const { timeout } = this.options;
    if (timeout === undefined) return undefined;
    const ms = parseSpan(timeout);
    if (ms === undefined || ms === 0) {
      throw new PhasegateError('PG407', `--timeout ${timeout} is no time`, {
        hint: 'Write for example --timeout 90s or --timeout 2h.',
      });
    }
    return ms;
  }

  /** Aborts when `--timeout` is over. */
  get timeUp(): AbortSignal {
    return this.clock.signal;
  }

  endTime(): void {
    this.clock.abort();
  }

  /** PG408, for a command that was ended by `--timeout`. */
  get late(): PhasegateError {
    return new PhasegateError('PG408', `no answer within ${this.options.timeout ?? ''}`);
  }

  /** The connection, opened when first asked for and closed when the command ends. */
  async connect(): Promise<PhasegateClient> {
    if (!this.client) {
      const { PhasegateClient } = await import('../phasegate-client.js');
      const { profile, address, namespace } = this.options;
      this.client = await PhasegateClient.connect({
        profile,
        address,
        namespace,
        env: this.io.env,
        identity: `phasegate-cli:${this.caller.name ?? 'unknown'}`,
      });
    }
    return this.client;
  }

  /** The Temporal UI, when PHASEGATE_UI_URL says where it is. */
  get ui(): { url: string; namespace: string } | undefined {
    const url = this.io.env['PHASEGATE_UI_URL'];
    if (url === undefined || url === '') return undefined;
    return { url, namespace: this.client?.server.namespace ?? 'default' };
  }

  /** What is written in place of `phasegate`, when it was called otherwise: `npx phasegate`. */
  get command(): string | undefined {
    return ownName(this.io.env);
  }

  /** What Ctrl-C does to a watch that another program started, by PHASEGATE_LEAVING: `stops the demo`. */
  get leaving(): string | undefined {
    return this.io.env['PHASEGATE_LEAVING'] || undefined;
  }

  async close(): Promise<void> {
    await this.client?.close();
  }

  get paint(): Paint {
    return paintOn(this.io, this.io.out, !this.options.color);
  }

  get errPaint(): Paint {
    return paintOn(this.io, this.io.err, !this.options.color);
  }

  get columns(): number {
    return columnsOf(this.io.out);
  }

  /** A text whose commands can be pasted here. */
  asCalled(text: string): string {
    return asCalled(text, this.io.env);
  }

  /** The answer. */
  print(...lines: string[]): void {
    for (const line of lines) this.io.out.write(`${line}\n`);
  }

  /** Everything that is not the answer. */
  note(...lines: string[]): void {
    for (const line of lines) this.io.err.write(`${this.asCalled(line)}\n`);
  }
}

/** Runs a command's work and hands its exit code to the caller. */
export type Run = <Options extends object>(
  work: (context: Context, options: Options, args: ReadonlyArray<string | undefined>) => Promise<ExitCode | void>
) => (this: Command, ...raw: unknown[]) => Promise<void>;

/** As in a container whose user id has no entry among its users. */
function osUser(): string | undefined {
  try {
    return userInfo().username;
  } catch {
    return undefined;
  }
}
