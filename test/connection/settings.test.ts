import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readConnectionSettings } from '../../src/connection/settings.js';
import { tempFolder } from '../../src/client/dev-server/temp-folder.js';

const folder = tempFolder('settings');
const file = path.join(folder, 'temporal.toml');
writeFileSync(
  file,
  '[profile.default]\naddress = "from-file:1"\n[profile.prod]\naddress = "prod:2"\nnamespace = "live"\n'
);
const empty = { TEMPORAL_CONFIG_FILE: path.join(folder, 'none.toml') };
const withFile = { TEMPORAL_CONFIG_FILE: file };

describe('where the Temporal server is', () => {
  const cases: Array<[string, Parameters<typeof readConnectionSettings>, [string, string, string, string]]> = [
    ['here, when nobody says otherwise', [{}, empty], ['127.0.0.1:7233', 'default', 'default', 'default']],
    [
      'in TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE',
      [{}, { ...empty, TEMPORAL_ADDRESS: 'env:3', TEMPORAL_NAMESPACE: 'ns' }],
      ['env:3', 'TEMPORAL_ADDRESS', 'ns', 'TEMPORAL_NAMESPACE'],
    ],
    ['in the default profile of the file', [{}, withFile], ['from-file:1', 'profile default', 'default', 'default']],
    [
      'in the profile that an option names',
      [{ profile: 'prod' }, withFile],
      ['prod:2', 'profile prod', 'live', 'profile prod'],
    ],
    [
      'in the profile that TEMPORAL_PROFILE names',
      [{}, { ...withFile, TEMPORAL_PROFILE: 'prod' }],
      ['prod:2', 'profile prod', 'live', 'profile prod'],
    ],
    [
      'in a variable rather than in the file',
      [{}, { ...withFile, TEMPORAL_ADDRESS: 'env:3' }],
      ['env:3', 'TEMPORAL_ADDRESS', 'default', 'default'],
    ],
    [
      'in an option rather than anywhere else',
      [
        { address: 'flag:4', namespace: 'mine' },
        { ...withFile, TEMPORAL_ADDRESS: 'env:3' },
      ],
      ['flag:4', '--address', 'mine', '--namespace'],
    ],
  ];
  it.each(cases)('is %s', (_what, [choice, env], expected) => {
    const { address, addressSource, namespace, namespaceSource, options } = readConnectionSettings(choice, env);
    expect([address, addressSource, namespace, namespaceSource]).toEqual(expected);
    expect(options.address).toBe(address);
  });

  it('cannot be told from a profile that is not there', () => {
    expect(() => readConnectionSettings({ profile: 'nope' }, withFile)).toThrowError(
      expect.objectContaining({ code: 'PG410', where: file })
    );
  });
});
