import { createFlagdProvider } from '../../../src/activities/flags/flagd/flagd-provider.js';
import { testTools } from './tools.js';

/** A process that moves one flag of a file from 1 to 40 %: `node flag-writer.js WORKDIR FLAG`. */
const [workdir, key] = process.argv.slice(2);
if (workdir === undefined || key === undefined) throw new Error('usage: flag-writer WORKDIR FLAG');
const source = { provider: 'flagd', file: 'flags.json' } as const;
const provider = createFlagdProvider(source, testTools({ workdir }), () => undefined);
for (let percent = 1; percent <= 40; percent += 1) await provider.write(key, { enabled: true, percent }, `${percent}`);
