import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { phasegate, root } from '../../integration/cli/binary.js';
import { scratchFolder } from '../../support/servers/scratch.js';

const plan = ['render', 'plans/user-execution-context.yaml', '--env', 'example-production', '--var', 'revision=v1'];

describe('phasegate render', () => {
  it('writes everything, says what is left to fill in, and writes it anew', async () => {
    const out = path.join(scratchFolder(), 'monitoring');
    const first = await phasegate([...plan, '--out', out]);
    expect(first.code, first.stderr).toBe(0);
    const names = [
      'prometheus/rules.yml',
      'prometheus/rules.test.yml',
      'alertmanager/alertmanager.yml',
      'grafana/executive.json',
      'grafana/engineering.json',
      'grafana/operations.json',
      'runbook.md',
      'runbook.html',
    ];
    expect(first.stdout).toBe(names.map((name) => `wrote ${path.join(out, name)}\n`).join(''));
    expect(first.stderr).toContain(
      '! put the value of PAGERDUTY_ROUTING_KEY into /etc/alertmanager/secrets/PAGERDUTY_ROUTING_KEY'
    );
    const texts = names.map((name) => readFileSync(path.join(out, name), 'utf8'));
    expect(texts[2]).not.toContain('- name: phasegate\n');
    // Nobody's name and no clock is in it.
    expect((await phasegate([...plan, '--as', 'erin', '--out', out])).code).toBe(0);
    expect(names.map((name) => readFileSync(path.join(out, name), 'utf8'))).toEqual(texts);
  });

  it('has Alertmanager tell the run, where a receiver is named', async () => {
    const out = scratchFolder();
    const { code, stderr } = await phasegate([...plan, '--out', out, '--receiver', 'http://127.0.0.1:9095']);
    expect(code, stderr).toBe(0);
    expect(stderr).toContain('! put the value of PHASEGATE_RECEIVE_TOKEN into /etc/alertmanager/secrets/');
    const config = readFileSync(path.join(out, 'alertmanager/alertmanager.yml'), 'utf8');
    expect(config).toContain('url: http://127.0.0.1:9095/alertmanager');
    expect(config).toContain('credentials_file: /etc/alertmanager/secrets/PHASEGATE_RECEIVE_TOKEN');
  });

  it('refuses a file that it did not write, by name, and writes nothing', async () => {
    const out = scratchFolder();
    writeFileSync(path.join(out, 'runbook.md'), 'mine');
    const { code, stdout, stderr } = await phasegate([...plan, '--out', out]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(`PG420 not written by phasegate, or changed since: ${path.join(out, 'runbook.md')}`);
    expect(stderr).toContain('--force');
    expect(readdirSync(out)).toEqual(['runbook.md']);
    expect((await phasegate([...plan, '--out', out, '--force'])).code).toBe(0);
    expect(readFileSync(path.join(out, 'runbook.md'), 'utf8')).toContain('# Runbook');
  });

  it('says all faults of plan and environment, and what is wrong with an option', async () => {
    const out = path.join(scratchFolder(), 'none');
    const faulty = await phasegate([
      'render',
      'plans/user-execution-context.yaml',
      '--env',
      'example-production',
      '--out',
      out,
    ]);
    expect([faulty.code, faulty.stderr]).toEqual([2, expect.stringContaining('revision')]);
    const wrong = await phasegate([...plan, '--out', out, '--revenue', 'much']);
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('Write whole dollars')]);
    expect((await phasegate(plan)).stderr).toContain('--out');
    const clear = await phasegate([...plan, '--out', out, '--receiver', 'http://127.0.0.1:9095', '--token', 'secret']);
    expect([clear.code, clear.stderr]).toEqual([
      2,
      expect.stringContaining('PG407 it is no secret reference (--token)'),
    ]);
    expect(existsSync(out)).toBe(false);
  });

  it("keeps Grafana's SDK in a file that no other command loads", () => {
    const folder = path.join(root, 'dist/cli');
    const files = readdirSync(folder).filter((name) => name.endsWith('.cjs'));
    // A word that only the SDK has.
    const having = files.filter((name) => readFileSync(path.join(folder, name), 'utf8').includes('continuous-GrYlRd'));
    expect(having).toEqual([expect.stringMatching(/^draw-/)]);
  });
});
