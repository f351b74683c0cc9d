import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { evidenceText } from '../../../src/client/cli/evidence.js';
import { attestationProblem } from '../../../src/plan/gate-rules.js';
import { testFolder } from '../../support/activities/tools.js';

describe('evidence on the command line', () => {
  it('is the digest and the name of a file, which the rules of an item take', async () => {
    const evidenceFile = join(testFolder(), 'pentest.pdf');
    writeFileSync(evidenceFile, 'abc');
    const evidence = await evidenceText({ evidenceFile });
    // As sha256sum prints it.
    expect(evidence).toBe('sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad pentest.pdf');
    const item = { notApplicable: false, evidence: 'required' as const };
    expect(attestationProblem(item, { answer: 'done', evidence })).toBeUndefined();
  });

  it('is a text as it is, or nothing', async () => {
    expect(await evidenceText({ evidence: 'https://ci.example/17' })).toBe('https://ci.example/17');
    expect(await evidenceText({})).toBeUndefined();
  });

  it('is refused when the file is not there, and when both are given', async () => {
    const evidenceFile = join(testFolder(), 'missing.pdf');
    await expect(evidenceText({ evidenceFile })).rejects.toMatchObject({ code: 'PG101', where: evidenceFile });
    await expect(evidenceText({ evidenceFile, evidence: 'x' })).rejects.toMatchObject({ code: 'PG407' });
  });
});
