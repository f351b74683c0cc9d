import { describe, expect, it, vi } from 'vitest';
import { Context, type GlobalOptions } from '../../../src/client/cli/context.js';
import { processIo } from '../../../src/client/cli/io.js';
import { examineYou } from '../../../src/client/doctor/you.js';

// As in a container whose user id has no entry among its users.
vi.mock('node:os', async (original) => ({
  ...(await original<object>()),
  userInfo: () => {
    throw new Error('ENOENT');
  },
}));

function context(options: Partial<GlobalOptions> = {}, env: NodeJS.ProcessEnv = {}): Context {
  return new Context({ ...processIo(), env }, { color: true, input: true, ...options });
}

describe('a user id without a name', () => {
  it('may look, and is refused where it would decide, with what to type', () => {
    expect(context().caller).toEqual({ name: undefined, source: 'operating system' });
    expect(() => context().me).toThrow(expect.objectContaining({ code: 'PG411' }));
  });

  it('is somebody with --as, or else with PHASEGATE_USER', () => {
    expect(context({ as: 'dana' }, { PHASEGATE_USER: 'erin' }).me).toEqual({ name: 'dana', source: '--as' });
    expect(context({}, { PHASEGATE_USER: 'erin' }).me).toEqual({ name: 'erin', source: 'PHASEGATE_USER' });
  });

  it('is told by the doctor', () => {
    expect(examineYou(context().caller, undefined)).toMatchObject({
      state: 'warn',
      found: 'the operating system does not tell your name',
      remedy: 'Say who you are with --as NAME or PHASEGATE_USER=NAME',
    });
  });
});
