import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readAndFreeze, readEnvironment, readPlan, unreadFault } from '../../src/plan/read-and-freeze.js';
import { sampleEnvironment, samplePlan } from './support/samples.js';
import { tempFolder } from '../../src/client/dev-server/temp-folder.js';

let folder: string;
const file = (name: string): string => path.join(folder, name);

beforeAll(async () => {
  folder = tempFolder('plan');
  await writeFile(file('plan.yaml'), samplePlan);
  await writeFile(file('lab.yaml'), sampleEnvironment);
  await writeFile(
    file('latin.yaml'),
    Buffer.concat([Buffer.from('phasegate: plan/v1\nid: caf'), Buffer.from([0xe9]), Buffer.from('\n')])
  );
});
afterAll(() => rm(folder, { recursive: true }));

describe('reading plan and environment from files', () => {
  it('freezes what has no fault', async () => {
    const { frozen, faults } = await readAndFreeze(
      { plan: file('plan.yaml'), environment: file('lab.yaml') },
      { revision: 'v7' }
    );
    expect(faults).toEqual([]);
    expect(frozen?.vars).toMatchObject({ revision: 'v7' });
  });

  it.each([
    ['ada', ['PG109', 'PG109']],
    ['bob', []],
    [undefined, []],
  ])('knows that %s starts the run', async (startedBy, codes) => {
    await writeFile(file('few.yaml'), sampleEnvironment.replace('roles: [ops, lead]', 'roles: [ops]'));
    const { faults } = await readAndFreeze({ plan: file('plan.yaml'), environment: file('few.yaml') }, {}, startedBy);
    expect(faults.map(({ code }) => code)).toEqual(codes);
  });

  it('reports a file that is not there, and the faults of the other one all the same', async () => {
    await writeFile(file('faulty.yaml'), sampleEnvironment.replace('kind: test', 'kind: prod'));
    const { frozen, faults } = await readAndFreeze(
      { plan: file('missing.yaml'), environment: file('faulty.yaml') },
      {}
    );
    expect(frozen).toBeUndefined();
    expect(faults).toMatchObject([
      {
        code: 'PG101',
        file: file('missing.yaml'),
        line: 1,
        column: 1,
        message: 'the file cannot be read: there is no such file',
        hint: 'check the path',
      },
      { code: 'PG103', file: file('faulty.yaml'), message: '"prod" is not one of the choices' },
    ]);
  });

  it('reports a folder', async () => {
    expect((await readEnvironment(folder, {})).faults).toMatchObject([
      { message: 'the file cannot be read: it is a folder', hint: 'give the path of a file in it' },
    ]);
  });

  it('reports what else the system says of a path by its code', async () => {
    expect((await readPlan(path.join(file('plan.yaml'), 'behind'))).faults).toMatchObject([
      { message: 'the file cannot be read: ENOTDIR', hint: 'check the path' },
    ]);
  });

  // Nothing is hidden from root, as whom tests may run: so this is asked of the error itself.
  it('reports a file that it may not read', () => {
    const denied = Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' });
    expect(unreadFault(file('closed.yaml'), denied)).toMatchObject({
      code: 'PG101',
      file: file('closed.yaml'),
      message: 'the file cannot be read: access is denied',
      hint: 'let yourself read it, or give another path',
    });
  });

  it('reports a file that is not UTF-8, and where', async () => {
    expect((await readPlan(file('latin.yaml'))).faults).toMatchObject([
      { code: 'PG101', line: 2, column: 8, message: 'the file is not UTF-8 text', hint: 'save it as UTF-8' },
    ]);
  });
});
