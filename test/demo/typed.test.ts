import { execFile } from 'node:child_process';
import { dirname, resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, inject, it } from 'vitest';
import { writeTyped } from '../../demo/typed.js';
import { scratchFolder } from '../support/servers/scratch.js';

const run = promisify(execFile);

describe("the demo's own phasegate", () => {
  const typed = () =>
    writeTyped(scratchFolder(), resolve(import.meta.dirname, '../../bin/phasegate.js'), {
      TEMPORAL_ADDRESS: inject('temporalAddress'),
      PHASEGATE_UI_URL: "it's",
    });
  /** Of the terminal only what every terminal has. */
  const bare = { PATH: process.env.PATH, HOME: process.env.HOME };

  it("finds the demo's server from any folder, and speaks as the release manager", async () => {
    const { stdout } = await run(typed(), ['doctor', '-o', 'json'], { cwd: '/', env: bare }).catch((error: unknown) => {
      return error as { stdout: string };
    });
    const { findings } = JSON.parse(stdout) as { findings: Array<{ what: string; found: string }> };
    const found = (what: string) => findings.find((finding) => finding.what === what)?.found;
    expect(found('Temporal')).toContain(inject('temporalAddress'));
    expect(found('you')).toBe('dana, from PHASEGATE_USER');
  });

  it('works by name when its folder is on the PATH, and as somebody else with --as', async () => {
    const file = typed();
    const env = { ...bare, PATH: `${dirname(file)}:${bare.PATH}` };
    const { stdout } = await run('phasegate', ['list', '--awaiting', 'me', '--as', 'ola', '-o', 'json'], { env });
    expect(JSON.parse(stdout)).toMatchObject({ schemaVersion: 1 });
  });
});
