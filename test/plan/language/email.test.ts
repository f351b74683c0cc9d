import { describe, expect, it } from 'vitest';
import { isLoopback, parseEmail, parseMailServer } from '../../../src/plan/language/email.js';

describe('an e-mail address', () => {
  it.each(['erin@example.com', 'on_call+ops@mail.example.com', 'root@localhost'])('is %s', (text) =>
    expect(parseEmail(text)).toEqual({ ok: true, value: text })
  );

  it.each(['erin', 'Erin <erin@example.com>', 'a@b@c', 'a@b\r\nBcc: x@y', 'a@b,c@d', ' a@b', '@b', 'a@'])(
    'is not %j',
    (text) => expect(parseEmail(text).ok).toBe(false)
  );
});

describe('a mail server', () => {
  it.each([
    ['smtp.example.com:587', { host: 'smtp.example.com', port: 587 }],
    ['[::1]:25', { host: '::1', port: 25 }],
    ['x:65535', { host: 'x', port: 65_535 }],
  ])('is %s', (text, value) => expect(parseMailServer(text)).toEqual({ ok: true, value }));

  it.each(['smtp.example.com', 'smtp://x:25', 'x:0', 'x:65536', ':25', 'x:25 '])('is not %j', (text) =>
    expect(parseMailServer(text).ok).toBe(false)
  );

  it.each([
    ['127.0.0.1', true],
    ['127.1.2.3', true],
    ['127.10.20.255', true],
    ['10.127.0.0.1', false],
    ['localhost', true],
    ['::1', true],
    ['127.0.0.1.example.com', false],
    ['localhost.example.com', false],
    ['10.0.0.1', false],
  ])('%s is on this machine: %s', (host, is) => expect(isLoopback(host)).toBe(is));
});
