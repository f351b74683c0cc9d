import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { z } from 'zod';

const KEPT = 10;
const snapshotSchema = z.object({
  takenAt: z.iso.datetime(),
  sha256: z.string(),
  files: z.record(z.string(), z.string()),
});

export interface Backup {
  file: string;
  sha256: string;
  /** ISO 8601, as written inside the snapshot. */
  takenAt: string;
  /** False when the file cannot be read back with the content that was written. */
  intact: boolean;
}

/** Snapshots of the state directory, one file each, the newest ten kept. */
export class Backups {
  readonly #stateDir: string;
  readonly #dir: string;

  constructor(stateDir: string) {
    this.#stateDir = stateDir;
    this.#dir = join(stateDir, 'backups');
    mkdirSync(this.#dir, { recursive: true });
  }

  /** Takes a snapshot and reads it back. @throws Error when a file of the state directory cannot be read */
  take(): Backup {
    const takenAt = new Date().toISOString();
    const files = Object.fromEntries(
      readdirSync(this.#stateDir, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && !entry.parentPath.startsWith(this.#dir))
        .map((entry) => join(entry.parentPath, entry.name))
        .toSorted()
        .map((path) => [relative(this.#stateDir, path), readFileSync(path, 'utf8')])
    );
    const name = `${takenAt.replaceAll(':', '-')}.json`;
    const draft = join(this.#dir, `${name}.new`);
    writeFileSync(draft, JSON.stringify({ takenAt, sha256: digest(files), files }));
    renameSync(draft, join(this.#dir, name));
    for (const old of this.#names().slice(KEPT)) rmSync(join(this.#dir, old));
    return this.#read(name);
  }

  /** All snapshots, newest first, each read and verified. */
  list(): Backup[] {
    return this.#names().map((name) => this.#read(name));
  }

  #names(): string[] {
    return readdirSync(this.#dir)
      .filter((name) => name.endsWith('.json'))
      .toSorted()
      .toReversed();
  }

  #read(name: string): Backup {
    const file = join(this.#dir, name);
    try {
      const { takenAt, sha256, files } = snapshotSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
      return { file, sha256, takenAt, intact: digest(files) === sha256 };
    } catch {
      // A damaged snapshot is not an error of the listing: it is what the listing is there to show.
      return { file, sha256: '', takenAt: new Date(0).toISOString(), intact: false };
    }
  }
}

function digest(files: Record<string, string>): string {
  return createHash('sha256').update(JSON.stringify(files)).digest('hex');
}
