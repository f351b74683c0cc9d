import { describe, expect, it } from 'vitest';
import { frozen } from '../support/freeze-texts.js';
import { sampleEnvironment, samplePlan } from '../support/samples.js';

describe('a frozen environment', () => {
  const { environment, vars } = frozen();

  it('allows checks to call the services of the environment, and what it allows besides', () => {
    const more = sampleEnvironment.replace('commands:', 'http: { allow: [status.example.com] }\ncommands:');
    expect(frozen(samplePlan, more).environment.httpAllow).toEqual(['127.0.0.1:4000', 'status.example.com']);
  });

  it('reads a metric with the range of its source or its own, where its query has one', () => {
    const own = sampleEnvironment.replace('sample: error_rate }', 'sample: error_rate, range: 2m }');
    expect(environment.metrics).toMatchObject({
      provider: 'prometheus',
      url: 'http://127.0.0.1:9090',
      lag: { ms: 2000 },
    });
    expect(environment.metrics.bindings['error_rate']?.range).toEqual({ ms: 30_000, planned: '30s' });
    expect(environment.metrics.bindings['latency']).toEqual({ promql: 'latency_p95', sample: 'latency' });
    expect(frozen(samplePlan, own).environment.metrics.bindings['error_rate']?.range?.ms).toBe(120_000);
  });

  it('reads a metrics page by names alone, without the range of a source that is not in use', () => {
    const page = sampleEnvironment
      .replace('provider: prometheus\n', "provider: endpoint\n  endpoint: { url: 'http://127.0.0.1:4000/metrics' }\n")
      .replace('promql: memory, sample: memory', 'sample: memory');
    const { provider, url, bindings } = frozen(samplePlan, page).environment.metrics;
    expect({ provider, url }).toEqual({ provider: 'endpoint', url: 'http://127.0.0.1:4000/metrics' });
    expect(bindings['memory']).toEqual({ sample: 'memory' });
    expect(bindings['error_rate']).not.toHaveProperty('range');
  });

  it('undoes a deployment by applying the earlier revision, unless the target has an undo of its own', () => {
    expect(environment.deploy['core']?.undo).toEqual(['./ops/deploy', 'core', '{{revision}}']);
    const own = sampleEnvironment.replace("'{{revision}}'] }", "'{{revision}}'], undo: [./ops/undo, '{{revision}}'] }");
    expect(frozen(samplePlan, own).environment.deploy['core']?.undo).toEqual(['./ops/undo', '{{revision}}']);
  });

  it('leaves an optional webhook out when its address comes out empty', () => {
    const with_ = (webhook: string): unknown =>
      frozen(
        samplePlan,
        sampleEnvironment
          .replace('notify:\n', `notify:\n  - webhook: { name: team, url: '{{vars.hook}}', optional: true }\n`)
          .replace('vars:\n', `vars:\n  hook: { description: Hook, default: '${webhook}' }\n`)
      ).environment.notify;
    expect(with_('')).toEqual([{ kind: 'log', name: 'worker-log' }]);
    expect(with_('http://127.0.0.1/x')).toEqual([
      { kind: 'webhook', name: 'team', url: 'http://127.0.0.1/x', headers: {} },
      { kind: 'log', name: 'worker-log' },
    ]);
  });

  it('keeps secrets as references', () => {
    expect(environment.commands.env).toEqual({ API_TOKEN: '${env:API_TOKEN}' });
  });

  it('records the values of all variables; the environment decides over a default of the plan', () => {
    expect(vars).toEqual({ revision: 'v2', platform: 'http://127.0.0.1:4000' });
    const decides = sampleEnvironment.replace(
      'vars:\n',
      'vars:\n  revision: { description: Revision here, default: v9 }\n'
    );
    expect(frozen(samplePlan, decides).vars['revision']).toBe('v9');
    expect(frozen(samplePlan, decides, { revision: 'v10' }).vars['revision']).toBe('v10');
  });

  it('says that time is compressed, and by how much', () => {
    const fast = sampleEnvironment.replace('kind: test', 'kind: test\ncompress: { scale: 180, cap: 10s }');
    expect(frozen(samplePlan, fast).environment.compression).toEqual({
      scale: 180,
      cap: { ms: 10_000, planned: '10s' },
    });
    expect(environment).not.toHaveProperty('compression');
  });
});
