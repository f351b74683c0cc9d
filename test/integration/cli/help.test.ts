import { describe, expect, it } from 'vitest';
import { phasegate } from './binary.js';

describe('the examples of phasegate --help', () => {
  it('preview as typed in a fresh clone', async () => {
    const { stdout } = await phasegate(['--help']);
    const example = /^ {2}phasegate (plan .*)$/m.exec(stdout)?.[1] ?? '';
    expect(example).not.toBe('');
    const preview = await phasegate(example.split(' '));
    expect(preview.stderr).not.toContain('error');
    expect(preview.code).toBe(0);
    expect(stdout).toContain(example.replace(/^plan/, 'start'));
  });
});
