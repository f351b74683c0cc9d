import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { examineEnvironment } from '../../../src/client/doctor/environment.js';
import { examineYou } from '../../../src/client/doctor/you.js';
import type { Finding } from '../../../src/client/doctor/finding.js';
import { stubSource } from '../../support/metrics/stub-source.js';
import { scratchFolder } from '../../support/servers/scratch.js';

const one = JSON.stringify({
  status: 'success',
  data: { resultType: 'scalar', result: [Date.now() / 1000, '1'] },
});

interface Facts {
  provider?: 'prometheus' | 'endpoint';
  url: string;
  header?: string;
  cwd?: string;
}

/** An environment in a file, with one deploy target. */
function environmentFile({ provider = 'prometheus', url, header, cwd = '.' }: Facts): string {
  const file = path.join(scratchFolder(), 'environment.yaml');
  const headers = header === undefined ? '' : `, headers: { Authorization: '${header}' }`;
  writeFileSync(
    file,
    `
phasegate: environment/v1
id: doctored
title: Doctored
kind: test
trust: identity
people:
  dana: { title: Dana Weiss, roles: [manager] }
flags: { provider: flagd, file: flags.json }
metrics:
  provider: ${provider}
  ${provider}: { url: '${url}', timeout: 1s${headers} }
  bindings: {}
deploy:
  core: { read: [./ops/read], apply: [./ops/apply, '{{revision}}'], timeout: 1m }
commands: { cwd: ${cwd}, allow: [./ops/*] }
notify: [{ log: { name: log } }]
`
  );
  return file;
}

async function findingsOf(facts: Facts, env: NodeJS.ProcessEnv = {}): Promise<Finding[]> {
  return (await examineEnvironment(environmentFile(facts), {}, env)).findings;
}

function about(findings: readonly Finding[], what: RegExp): Finding[] {
  return findings.filter((finding) => what.test(finding.what));
}

describe('the doctor asks the metrics source', () => {
  it('and is content when Prometheus answers the query 1', async () => {
    const source = await stubSource(({ form }) => ({ body: one, status: form.get('query') === '1' ? 200 : 400 }));
    const [prometheus] = about(await findingsOf({ url: source.url }), /^Prometheus$/);
    expect(prometheus).toMatchObject({ state: 'ok', found: `${source.url} answers` });
    expect(source.requests.map(({ path: asked }) => asked)).toEqual(['/api/v1/query']);
  });

  it.each([
    ['is not the API of Prometheus', { body: '<html>' }, 'the answer is not one of the Prometheus API'],
    ['wants credentials', { status: 401, body: '' }, 'HTTP 401'],
  ])('and tells what it said when it %s', async (_, answer, reason) => {
    const source = await stubSource(() => answer);
    const [prometheus] = about(await findingsOf({ url: source.url }), /^Prometheus$/);
    expect(prometheus).toMatchObject({ state: 'warn', found: expect.stringContaining(reason) });
    expect(prometheus?.remedy).toContain(`curl '${source.url}/api/v1/query?query=1'`);
    expect(prometheus?.remedy).toContain("worker's machine");
  });

  it('and says where it did not get an answer', async () => {
    const [prometheus] = about(await findingsOf({ url: 'http://127.0.0.1:9' }), /^Prometheus$/);
    expect(prometheus).toMatchObject({
      state: 'warn',
      found: expect.stringContaining('http://127.0.0.1:9 could not be'),
    });
  });

  it.each([
    ['a page that can be read is content', 'requests_total 12\n', 'ok'],
    ['a page that cannot be read warns', 'this is not metrics\n', 'warn'],
  ])('and with an endpoint: %s', async (_, body, state) => {
    const source = await stubSource(() => ({ body }));
    const [endpoint] = about(await findingsOf({ url: source.url, provider: 'endpoint' }), /^metrics endpoint$/);
    expect(endpoint).toMatchObject({ state });
  });

  it('with the credentials that are here, which it never prints', async () => {
    const source = await stubSource(({ headers }) => ({ status: 403, body: `no entry for ${headers.authorization}` }));
    const findings = await findingsOf({ url: source.url, header: 'Bearer ${env:METRICS}' }, { METRICS: 'canary-42' });
    expect(source.requests[0]?.headers.authorization).toBe('Bearer canary-42');
    expect(JSON.stringify(findings)).not.toContain('canary-42');
  });

  it('and says which credentials it would have needed', async () => {
    const source = await stubSource(() => ({ body: one }));
    const findings = await findingsOf({ url: source.url, header: 'Bearer ${env:METRICS}' });
    expect(about(findings, /^Prometheus$/)[0]?.found).toContain('environment variable METRICS');
    expect(source.requests).toEqual([]);
  });
});

describe('the doctor looks for the programs of deploy targets', () => {
  it('where a worker started here would look, and tells what each is for', async () => {
    const cwd = scratchFolder();
    mkdirSync(path.join(cwd, 'ops'));
    writeFileSync(path.join(cwd, 'ops/read'), '#!/bin/sh\n');
    chmodSync(path.join(cwd, 'ops/read'), 0o755);
    writeFileSync(path.join(cwd, 'ops/apply'), '#!/bin/sh\n');
    const commands = about(await findingsOf({ url: 'http://127.0.0.1:9', cwd }), /^command /);
    expect(commands).toMatchObject([
      { state: 'ok', what: 'command ./ops/read', found: `${cwd}/ops/read (to read core)` },
      { state: 'warn', what: 'command ./ops/apply', found: expect.stringContaining('to apply core, undo core') },
    ]);
    expect(commands[1]?.remedy).toContain('chmod +x');
    expect(commands[1]?.remedy).toContain("worker's machine");
  });
});

describe('the doctor says who you are', () => {
  const people = [
    { name: 'dana', title: 'Dana Weiss', roles: ['manager'] },
    { name: 'erin', title: 'Erin Castillo', roles: ['lead'] },
  ];

  it('with your roles in the environment', () => {
    const finding = examineYou({ name: 'Dana', source: '--as' }, people);
    expect(finding).toMatchObject({ state: 'ok', found: 'Dana, from --as: Dana Weiss (manager)' });
  });

  it('and warns a stranger, with what to type', () => {
    const finding = examineYou({ name: 'root', source: 'operating system' }, people);
    expect(finding).toMatchObject({ state: 'warn', found: expect.stringContaining('root is not one of') });
    expect(finding.remedy).toBe('Say who you are with --as NAME or PHASEGATE_USER=NAME, NAME being one of: dana, erin');
  });

  it('and judges nobody without an environment', () => {
    expect(examineYou({ name: 'root', source: 'operating system' }, undefined).state).toBe('ok');
  });
});
