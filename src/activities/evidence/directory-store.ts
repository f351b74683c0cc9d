import { createHash, randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PhasegateError } from '../../plan/errors.js';
import { syncFolder, writeDurably } from '../durable.js';
import { fail, messageOf } from '../fail.js';
import { canonicalJson } from '../../plan/canonical.js';
import type { EvidenceStore } from './store.js';

const digestForm = /^sha256:([0-9a-f]{64})$/;

/**
 * Evidence as files, one per document, under its digest: `<folder>/sha256/ab/cdef….json`. Files are added whole or not
 * at all, never changed, and readable by the worker's user alone.
 */
export function createDirectoryStore(folder: string): EvidenceStore {
  const fileOf = (hex: string): string => join(folder, 'sha256', hex.slice(0, 2), `${hex.slice(2)}.json`);
  return {
    async put(kind, document) {
      const text = canonicalJson({ kind, document });
      const hex = hexOf(text);
      const digest = `sha256:${hex}`;
      const file = fileOf(hex);
      try {
        if (!(await addFile(file, text))) verify(await readFile(file, 'utf8'), digest, file);
      } catch (error) {
        if (error instanceof PhasegateError) throw error;
        throw fail('PG310', `evidence cannot be stored: ${messageOf(error)}`, {
          where: file,
          hint: 'Check that the evidence folder is writable and has room.',
          retryable: true,
        });
      }
      return { digest, bytes: Buffer.byteLength(text) };
    },
    async get(digest) {
      const hex = digestForm.exec(digest)?.[1];
      if (hex === undefined) throw new PhasegateError('PG310', `"${digest}" is not a digest (sha256:<64 hex digits>)`);
      const file = fileOf(hex);
      let text: string;
      try {
        text = await readFile(file, 'utf8');
      } catch (error) {
        throw new PhasegateError('PG310', `no evidence ${digest} can be read: ${messageOf(error)}`, { cause: error });
      }
      return verify(text, digest, file);
    },
  };
}

/** False when the file is there already: `link` is what makes "never overwrites" atomic. */
async function addFile(file: string, text: string): Promise<boolean> {
  const folder = dirname(file);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const temporary = join(folder, `.${randomUUID()}.tmp`);
  try {
    await writeDurably(temporary, text, 0o600);
    await link(temporary, file);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(temporary, { force: true });
  }
  await syncFolder(folder);
  return true;
}

function verify(text: string, digest: string, file: string): string {
  if (`sha256:${hexOf(text)}` === digest) return text;
  throw new PhasegateError('PG311', `evidence ${digest} was altered: its content has another digest`, { where: file });
}

function hexOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
