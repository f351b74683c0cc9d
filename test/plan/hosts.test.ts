import { describe, expect, it } from 'vitest';
import { allowedHosts, isHostAllowed } from '../../src/plan/hosts.js';

describe('hosts that checks may call', () => {
  it('are those of the services and those named besides, each once', () => {
    const services = ['https://core.example.com/base', 'http://127.0.0.1:4000/a', 'http://127.0.0.1:4000/b', undefined];
    expect(allowedHosts(services, ['status.example.com', '127.0.0.1:4000'])).toEqual([
      'core.example.com',
      '127.0.0.1:4000',
      'status.example.com',
    ]);
  });

  it('leave out what is no address, or has a fault of its own', () => {
    expect(allowedHosts(['not an address', undefined], [undefined, 'status.example.com'])).toEqual([
      'status.example.com',
    ]);
  });

  it('may be one of several', () => {
    expect(isHostAllowed(new URL('https://b.example.com/'), ['a.example.com', 'b.example.com'])).toBe(true);
  });

  it.each([
    ['https://core.example.com/x', 'core.example.com', true],
    ['https://core.example.com:8443/x', 'core.example.com', true],
    ['https://CORE.example.com/', 'core.Example.com', true],
    ['https://core.example.com/', 'core.example.com:443', true],
    ['http://core.example.com/', 'core.example.com:80', true],
    ['http://core.example.com/', 'core.example.com:443', false],
    ['https://core.example.com:8443/', 'core.example.com:443', false],
    ['https://core.example.com.evil.org/', 'core.example.com', false],
    ['https://evil.org/core.example.com', 'core.example.com', false],
    ['https://evil.org#@core.example.com', 'core.example.com', false],
    ['http://2130706433/', 'core.example.com', false],
    ['http://2130706433:4000/', '127.0.0.1:4000', true],
  ])('%s is judged by %s', (url, allowed, expected) => {
    expect(isHostAllowed(new URL(url), [allowed])).toBe(expected);
  });
});
