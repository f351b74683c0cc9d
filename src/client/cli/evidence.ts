import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { PhasegateError } from '../../plan/errors.js';

export interface EvidenceOptions {
  evidence?: string;
  evidenceFile?: string;
}

/**
 * What somebody gives as evidence: the text as it is, or `sha256:<hex> NAME` of a file, of any size. The file itself stays
 * where it is.
 *
 * @throws PhasegateError PG407 when both are given; PG101 when the file cannot be read
 */
export async function evidenceText({ evidence, evidenceFile }: EvidenceOptions): Promise<string | undefined> {
  if (evidenceFile === undefined) return evidence;
  if (evidence !== undefined) throw new PhasegateError('PG407', 'give either --evidence or --evidence-file');
  const hash = createHash('sha256');
  try {
    for await (const part of createReadStream(evidenceFile)) hash.update(part as Buffer);
  } catch (error) {
    throw new PhasegateError('PG101', `the evidence cannot be read: ${(error as Error).message}`, {
      where: evidenceFile,
      hint: 'Give the path of a file that is there, or say it in words: --evidence "…".',
    });
  }
  return `sha256:${hash.digest('hex')} ${basename(evidenceFile)}`;
}
