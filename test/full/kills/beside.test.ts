import { afterAll, beforeEach, describe, it } from 'vitest';
import { PROMETHEUS_INSTALL } from '../../../demo/servers/prometheus.js';
import { needs } from '../../support/needs.js';
import { besidePlaces } from './beside-places.js';
import { besideActs, openBeside, type BesideScene } from './beside-scene.js';
import { stories } from './beside-stories.js';

const cases = besideActs
  .flatMap((act) => besidePlaces.map((place) => ({ act, place })))
  .map(({ act, place }, index) => [`${act}, the ${place}`, { act, place, name: `case${index}` }] as const);

let opening: Promise<BesideScene> | undefined;
const open = (): Promise<BesideScene> => (opening ??= openBeside(cases.map(([, { name }]) => name)));

beforeEach(async () => {
  needs('prometheus', PROMETHEUS_INSTALL);
  await open();
}, 240_000);
afterAll(async () => (await opening)?.[Symbol.asyncDispose]());

describe('a plain Temporal client', () => {
  it.concurrent.for(cases)(
    'that does this to what works beside a run leaves what the run promises: %s',
    async ([, { act, place, name }]) => stories[place](await open(), act, name)
  );
});
