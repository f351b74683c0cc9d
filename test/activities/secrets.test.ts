import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createSecrets } from '../../src/activities/secrets.js';
import { testFolder } from '../support/activities/tools.js';

const env = { TOKEN: 'p@ss w0rd/+"x', SHORT: 'abc', EMPTY: '' };
const secrets = (): ReturnType<typeof createSecrets> => createSecrets({ env, baseDir: testFolder() });

describe('secret references', () => {
  it('become values of variables and files, in any place of a text', () => {
    const baseDir = testFolder();
    writeFileSync(join(baseDir, 'key'), 'from-file\n');
    const all = createSecrets({ env, baseDir });
    expect(all.resolve('Bearer ${env:TOKEN}; ${file:key}; $HOME ${HOME}')).toBe(
      `Bearer ${env.TOKEN}; from-file; $HOME \${HOME}`
    );
  });

  it('follow a file that is rotated', () => {
    const baseDir = testFolder();
    const all = createSecrets({ env, baseDir });
    writeFileSync(join(baseDir, 'key'), 'first-value');
    all.resolve('${file:key}');
    writeFileSync(join(baseDir, 'key'), 'second-value');
    expect(all.resolve('${file:key}')).toBe('second-value');
    expect(all.scrub('first-value second-value')).toBe('[secret file:key] [secret file:key]');
  });

  it.each([['${env:NONE}'], ['${env:EMPTY}'], ['${file:none}'], ['${env:}'], ['${file:.}']])(
    '%s is missing: PG309, with the reference',
    (reference) => {
      expect(() => secrets().resolve(`x ${reference}`)).toThrow(
        expect.objectContaining({ code: 'PG309', where: reference }) as Error
      );
    }
  );
});

describe('scrubbing', () => {
  const seen = (): ReturnType<typeof createSecrets> => {
    const all = secrets();
    all.resolve('${env:TOKEN}${env:SHORT}');
    return all;
  };

  it.each([
    ['raw', env.TOKEN],
    ['URL-encoded', encodeURIComponent(env.TOKEN)],
    ['URL-encoded in small letters', encodeURIComponent(env.TOKEN).toLowerCase()],
    ['as a form', new URLSearchParams({ v: env.TOKEN }).toString().slice(2)],
    ['in JSON', JSON.stringify(env.TOKEN).slice(1, -1)],
    ['base64', Buffer.from(env.TOKEN).toString('base64').replace(/=+$/, '').slice(0, -1)],
  ])('takes a value out that is %s', (_, form) => {
    const clean = seen().scrub(`before ${form} after`);
    expect(clean).toContain('[secret env:TOKEN]');
    expect(clean).not.toContain(form);
  });

  it.each([
    ['Basic authentication', `me:${env.TOKEN}`],
    ['at another place of a group', `ab${env.TOKEN}:end`],
    ['at the third', `abc:${env.TOKEN}!`],
  ])('takes a value out of a longer base64 text: %s', (_, text) => {
    for (const form of ['base64', 'base64url'] as const) {
      const clean = seen().scrub(Buffer.from(text).toString(form));
      expect(clean).toContain('[secret env:TOKEN]');
      expect(clean.replace('[secret env:TOKEN]', '').length).toBeLessThan(16);
    }
  });

  it('takes the lines of a key out one by one', () => {
    const all = secrets();
    all.remember('-----BEGIN KEY-----\nabcdefghijklmnopqrstuvwx\n-----END KEY-----', 'file:key');
    expect(all.scrub('line abcdefghijklmnopqrstuvwx')).toBe('line [secret file:key]');
  });

  it('reaches every string of a value, its keys too, and leaves the rest as it is', () => {
    const value = { [`k ${env.TOKEN}`]: [env.TOKEN, 1, true, null, { deep: `x${env.TOKEN}` }] };
    expect(seen().scrubAll(value)).toEqual({
      'k [secret env:TOKEN]': ['[secret env:TOKEN]', 1, true, null, { deep: 'x[secret env:TOKEN]' }],
    });
  });

  it('leaves values alone that are shorter than 6 characters: they would blank out ordinary words', () => {
    expect(seen().scrub('abc')).toBe('abc');
  });
});
