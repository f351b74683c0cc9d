import { describe, expect, it } from 'vitest';
import { examineEnvironment } from '../../../src/client/doctor/environment.js';
import { fail, findingLines, ok, warn } from '../../../src/client/doctor/finding.js';
import { nodeFinding } from '../../../src/client/doctor/machine.js';
import { plain } from '../../../src/client/render/paint.js';

describe('the doctor', () => {
  it('prints a line for each finding, with the remedy below what is not well', () => {
    expect(findingLines([ok('a', 'fine'), warn('bb', 'odd', 'Look.'), fail('c', 'bad', 'Mend it.')], plain)).toEqual([
      '✔ ok    a   fine',
      '! warn  bb  odd',
      '        Look.',
      '✖ fail  c   bad',
      '        Mend it.',
    ]);
  });

  it.each([
    ['20.19.0', 'ok'],
    ['24.1.0', 'ok'],
    ['20.18.9', 'fail'],
    ['18.20.0', 'fail'],
  ])('finds Node.js %s to be %s', (version, state) => {
    expect(nodeFinding(version).state).toBe(state);
  });

  it('says which secrets of an environment are not here, and never what they are', async () => {
    const { findings, id } = await examineEnvironment(
      'environments/example-production.yaml',
      {},
      { UNLEASH_ADMIN_TOKEN: 'canary' }
    );
    expect(id).toBeDefined();
    expect(findings[0]).toMatchObject({ state: 'ok', what: 'environment' });
    const secrets = findings.filter((finding) => finding.what.startsWith('secret'));
    expect(secrets.length).toBeGreaterThan(0);
    expect(JSON.stringify(findings)).not.toContain('canary');
  });

  it('counts the faults of an environment that cannot be used', async () => {
    const { findings } = await examineEnvironment('environments/none.yaml', {}, {});
    expect(findings).toMatchObject([{ state: 'fail', what: 'environment' }]);
  });
});
