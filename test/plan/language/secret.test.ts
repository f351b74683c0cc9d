import { describe, expect, it } from 'vitest';
import { checkReferences, checkSecret, hasUserInfo, namesSecret } from '../../../src/plan/language/secret.js';

describe('secrets', () => {
  it.each([
    '${env:TOKEN}',
    'Bearer ${env:TOKEN}',
    '${file:/run/secrets/token}',
    'Basic ${file:./a b}'.replace(' b', '-b'),
    '${env:A}:${env:B}',
    'session=${env:SESSION}',
  ])('may be written as %s', (text) => expect(checkSecret(text).ok).toBe(true));

  it.each([
    'abc',
    '',
    'Bearer abc',
    '${TOKEN}',
    '${env:}',
    '${env:1A}',
    '${file:}',
    '$env:TOKEN',
    'sk-aaaaaaaaaaaaaaaaaaaaaaaa${env:X}',
    '${env:A}${B}',
    'abcdef${env:X}',
  ])('may not be written as %j', (text) => expect(checkSecret(text).ok).toBe(false));

  it('are known by the names of their keys', () => {
    for (const key of [
      'authorization',
      'Authorization',
      'X-Api-Key',
      'DB_PASSWORD',
      'cookie',
      'apikey',
      'client_secret',
      'PRIVATE_KEY',
    ]) {
      expect(namesSecret(key), key).toBe(true);
    }
    for (const key of ['accept', 'content-type', 'PLATFORM_URL', 'key', 'keyboard'])
      expect(namesSecret(key), key).toBe(false);
  });

  it('look like references only where they are', () => {
    expect(checkReferences('costs $5 and {x}').ok).toBe(true);
    expect(checkReferences('${env:HOME}/x').ok).toBe(true);
    expect(checkReferences('${HOME}/x').ok).toBe(false);
  });

  it('are found in addresses', () => {
    expect(hasUserInfo('https://ada:pw@host/path')).toBe(true);
    expect(hasUserInfo('https://host/@ada')).toBe(false);
    expect(hasUserInfo('ada@example.com')).toBe(false);
  });
});
