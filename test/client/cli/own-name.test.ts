import { describe, expect, it } from 'vitest';
import { processIo } from '../../../src/client/cli/io.js';
import { asCalled, ownName } from '../../../src/client/cli/own-name.js';
import { buildProgram } from '../../../src/client/cli/program.js';
import { explain } from '../../../src/client/cli/report-error.js';
import { plain } from '../../../src/client/render/paint.js';
import { PhasegateError } from '../../../src/plan/errors.js';

const npx = { npm_lifecycle_event: 'npx', npm_lifecycle_script: "'phasegate' 'list'" };

describe('the name of the command', () => {
  it.each([
    ['as PHASEGATE_COMMAND says', { PHASEGATE_COMMAND: './pg', ...npx }, './pg'],
    ['with npx when npx called it', npx, 'npx phasegate'],
    ['plain when npx called what called it', { ...npx, npm_lifecycle_script: "'vitest'" }, undefined],
    ['plain else', { PHASEGATE_COMMAND: '' }, undefined],
  ])('is %s', (_what, env, name) => {
    expect(ownName(env)).toBe(name);
  });

  it('stands in every command of a text, and nowhere else', () => {
    const text =
      'phasegate never creates flags: type phasegate retry RUN or phasegate rollback RUN. npx phasegate list';
    expect(asCalled(text, npx)).toBe(
      'phasegate never creates flags: type npx phasegate retry RUN or npx phasegate rollback RUN. npx phasegate list'
    );
    expect(asCalled(asCalled(text, npx), npx)).toBe(asCalled(text, npx));
  });

  it('stands in place of every verb that there is', () => {
    const program = buildProgram({ ...processIo(), env: {} }, () => undefined);
    for (const command of program.commands) {
      const typed = `phasegate ${command.name()}`;
      expect(asCalled(typed, npx)).toBe(`npx ${typed}`);
    }
  });

  it('stands in the hint of an error', () => {
    const { lines } = explain(new PhasegateError('PG402', 'no worker answers'), plain, npx);
    expect(lines).toEqual(['✖ PG402 no worker answers', '  Start one with: npx phasegate worker --env ENVIRONMENT']);
  });
});
