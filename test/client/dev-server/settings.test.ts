import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadTemporalSettings } from '../../../src/client/dev-server/index.js';
import { PhasegateError } from '../../../src/plan/errors.js';
import { searchAttributes } from '../../../src/plan/search-attributes.js';
import { scratchFolder } from '../../support/servers/scratch.js';

const SOUND = `namespace: { name: default, retention: 90d }
searchAttributes: { PhasegatePlan: Keyword }
`;

async function load(text: string) {
  const file = path.join(scratchFolder(), 'temporal-dev.yaml');
  writeFileSync(file, text);
  return loadTemporalSettings(file);
}

async function faultsOf(text: string): Promise<string> {
  const error: unknown = await load(text).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(PhasegateError);
  expect((error as PhasegateError).code).toBe('PG410');
  return (error as PhasegateError).message;
}

describe('the shipped settings', () => {
  it('keep runs for 90 days and register exactly the search attributes that workflows set', async () => {
    const settings = await loadTemporalSettings();
    expect(settings.namespace).toEqual({ name: 'default', retention: 90 * 86_400_000 });
    const type = { KEYWORD: 'Keyword', KEYWORD_LIST: 'KeywordList', DATETIME: 'Datetime' } as const;
    expect(settings.searchAttributes).toEqual(
      Object.fromEntries(Object.values(searchAttributes).map((key) => [key.name, type[key.type]]))
    );
  });

  it('use free ports and memory, so that nothing is in the way of another server', async () => {
    const settings = await loadTemporalSettings();
    expect(settings.ports).toEqual({ grpc: 'free', ui: 'free' });
    expect(settings.database).toBeUndefined();
  });
});

describe('a settings file', () => {
  it('needs only the namespace and the search attributes', async () => {
    await expect(load(SOUND)).resolves.toMatchObject({ historyShards: 4, dynamicConfig: {}, ports: { grpc: 'free' } });
  });

  it('names its database relative to itself', async () => {
    const settings = await load(`${SOUND}database: state/temporal.sqlite\n`);
    expect(settings.database).toBe(path.join(path.dirname(settings.file), 'state/temporal.sqlite'));
  });

  it('is refused with all its faults at once, each with line and column', async () => {
    const faults = await faultsOf(`ports: { grpc: 99999 }
namespace:
  name: default
  retention: 90
searchAttributes:
  PhasegatePlan: Keywort
databse: x.sqlite
dynamicConfig:
  history: 1
`);
    expect(faults).toContain('temporal-dev.yaml:1:16 ports.grpc: expected a port from 1 to 65535, or `free`');
    expect(faults).toContain('temporal-dev.yaml:4:14 namespace.retention: expected a duration such as 90d');
    expect(faults).toMatch(/temporal-dev\.yaml:6:18 searchAttributes\.PhasegatePlan: .*"Keyword"/);
    expect(faults).toContain('temporal-dev.yaml:7:10 databse: unknown setting');
    expect(faults).toMatch(/temporal-dev\.yaml:9:12 dynamicConfig\.history: expected a name such as/);
  });

  it.each([
    ['a retention without a unit', 'retention: 90d', 'retention: "90"', 'say the unit'],
    ['a retention below a day', 'retention: 90d', 'retention: 12h', 'write at least 1d'],
    ['no namespace', 'namespace', 'namespaces', 'namespaces: unknown setting'],
    ['YAML that does not parse', '{ PhasegatePlan: Keyword }', '{ PhasegatePlan: Keyword', 'temporal-dev.yaml:'],
    ['a key written twice', 'searchAttributes', 'namespace', 'Map keys must be unique'],
    ['nothing in it', SOUND, '', 'namespace:'],
  ])('is refused with %s', async (_, sound, faulty, complaint) => {
    expect(await faultsOf(SOUND.replace(sound, faulty))).toContain(complaint);
  });

  it('that is not there is refused with its path and what to do', async () => {
    const missing = path.join(scratchFolder(), 'nowhere.yaml');
    await expect(loadTemporalSettings(missing)).rejects.toMatchObject({
      code: 'PG410',
      where: missing,
      hint: expect.stringContaining('Name an existing file') as string,
    });
  });
});
