import { mkdtempSync, readdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Cli } from './cli.js';

/**
 * What of a run outlives the demo, whose server is about to be stopped with all that could tell of it: files in a folder of
 * their own. What is kept says in a line where it is, or why there is none.
 */
export class Keepsakes {
  private readonly cli: Pick<Cli, 'run'>;
  private readonly run: string;
  private readonly folder = mkdtempSync(join(tmpdir(), 'phasegate-report-'));

  constructor(cli: Pick<Cli, 'run'>, run: string) {
    this.cli = cli;
    this.run = run;
  }

  async report(): Promise<string> {
    const file = join(this.folder, 'report.html');
    const { code, stderr } = await this.cli.run(['report', this.run, '--out', file]);
    if (code !== 0) return `the report could not be written: ${stderr.trim()}`;
    return `the whole story: ${file}`;
  }

  /** The draft of the post-mortem of an incident. */
  async draft(incident: number): Promise<string> {
    const { code, stdout, stderr } = await this.cli.run(['incident', 'draft', String(incident), this.run]);
    if (code !== 0) return `no draft of the post-mortem of incident/${incident}: ${stderr.trim()}`;
    const file = join(this.folder, `post-mortem-${incident}.md`);
    writeFileSync(file, stdout);
    return `the draft of the post-mortem of incident/${incident}: ${file}`;
  }

  /** Leaves no folder behind that has nothing in it. */
  end(): void {
    if (readdirSync(this.folder).length === 0) rmdirSync(this.folder);
  }
}
