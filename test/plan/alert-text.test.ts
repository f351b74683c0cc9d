import { describe, expect, it } from 'vitest';
import { alertFacts, alertText, contextNames, metricFacts, templateFor } from '../../src/plan/alert-text.js';
import type { AlertTemplate, Metric } from '../../src/plan/model.js';

const metric: Metric = {
  name: 'error_rate',
  description: 'Failing requests',
  unit: 'ratio',
  target: { op: '<', value: 0.01, text: '< 1%' },
  critical: { op: '>', value: 0.05, text: '> 5%' },
  impact: 'Users leave',
  gates: true,
};
const template = (change: Partial<AlertTemplate>): AlertTemplate => ({
  id: 'errors',
  metric: 'error_rate',
  level: 'critical',
  title: 'Errors',
  message: 'Errors',
  ...change,
});

describe('the text of an alert with a template', () => {
  it.each([
    ['Failed: {{failed_count}}', { failed_count: '12' }, 'Failed: 12'],
    ['{{ failed_count }}%', { failed_count: '12' }, '12%'],
    ['Affected: {{affected_users}}', {}, 'Affected: unknown'],
    ['Affected: {{affected_users}}', { affected_users: '' }, 'Affected: unknown'],
    [
      '{{metric}} is {{level}}: {{impact}} ({{description}})',
      {},
      'error_rate is critical: Users leave (Failing requests)',
    ],
    ['{{a}} {{b}}', { a: '{{b}}', b: '$& $1' }, '{{b}} $& $1'],
    ['{{constructor}} {{__proto__}}', {}, 'unknown unknown'],
    ['{{odd name}} {{}}', {}, 'unknown unknown'],
    ['one\n\ntwo\n', {}, 'one\n\ntwo'],
  ])('fills %j with %j: %j', (message, facts, said) => {
    expect(alertText(template({ message }), facts, metric, 'critical').message).toBe(said);
  });

  it('keeps its title in one line, whatever a value has in it', () => {
    expect(alertText(template({ title: 'Errors: {{reason}}' }), { reason: 'a\r\nb' }, metric, 'critical').title).toBe(
      'Errors: a b'
    );
  });

  it('has the link of the runbook only where there is one', () => {
    expect(alertText(template({ runbook: 'https://x/y' }), {}, metric, 'critical').runbook).toBe('https://x/y');
    expect(alertText(template({}), {}, metric, 'critical')).not.toHaveProperty('runbook');
  });
});

describe('the text of an alert without a template', () => {
  it('says what is how bad, since when and why it matters', () => {
    const facts = {
      ...metricFacts(metric, 'critical', undefined, 0.0712),
      detection_time: '12:00',
      run: 'migration/x',
    };
    expect(alertText(undefined, facts, metric, 'critical')).toEqual({
      title: 'CRITICAL: error_rate is 7.12%, critical is > 5%',
      message: [
        'It has crossed its critical threshold.',
        '',
        '- Metric: error_rate (Failing requests)',
        '- Value: 7.12%',
        '- Threshold: > 5%',
        '- Target: < 1%',
        '- Detected: 12:00',
        '- Impact: Users leave',
        '- Run: migration/x',
      ].join('\n'),
    });
  });

  it('says so where there is no data', () => {
    const { title, message } = alertText(undefined, { reason: 'no series' }, metric, 'no-data');
    expect(title).toBe('NO DATA: error_rate cannot be measured');
    expect(message).toContain('Nobody can tell how it is');
    expect(message).toContain('- Why: no series');
    expect(message).not.toContain('Threshold');
  });

  it('leaves out what it does not know', () => {
    const { title, message } = alertText(undefined, {}, { name: 'x', description: 'X' }, 'warning');
    expect([title, message]).toEqual(['WARNING: x', 'It has crossed its warning threshold.\n\n- Metric: x (X)']);
  });
});

describe('the facts of an alert', () => {
  it('are those of the metric at its level, with how far back its query looks', () => {
    expect(metricFacts(metric, 'critical', { range: { ms: 5000, planned: '5m' } }, 0.2)).toEqual({
      metric: 'error_rate',
      description: 'Failing requests',
      level: 'critical',
      impact: 'Users leave',
      threshold: '> 5%',
      target: '< 1%',
      time_period: '5m',
      value: '20%',
    });
    expect(metricFacts(metric, 'no-data', undefined)).not.toHaveProperty('threshold');
    const { target: _target, ...free } = metric;
    const few = metricFacts(free, 'warning', {});
    expect(Object.keys(few)).toEqual(['metric', 'description', 'level', 'impact']);
    for (const name of Object.keys(metricFacts(metric, 'critical', undefined, 1))) expect(alertFacts).toContain(name);
  });

  it('say that a value is that of now where it does not cross the threshold any more', () => {
    expect(metricFacts(metric, 'critical', undefined, 0.05)['value']).toBe('5% by now');
    const facts = metricFacts(metric, 'critical', undefined, 0.002);
    expect(alertText(undefined, facts, metric, 'critical').title).toBe(
      'CRITICAL: error_rate is 0.2% by now, critical is > 5%'
    );
  });

  it('are not what an environment has to bind', () => {
    expect(contextNames({ title: '{{metric}} {{a}}', message: '{{a}} {{b}} {{vars.x}}' })).toEqual(['a', 'b']);
  });

  it('go into the template of their metric and level alone', () => {
    const alerts = { templates: [template({}), template({ id: 'other', metric: 'latency' })] };
    expect(templateFor(alerts, 'latency', 'critical')?.id).toBe('other');
    expect(templateFor(alerts, 'latency', 'warning')).toBeUndefined();
    expect(templateFor(alerts, 'latency', 'no-data')).toBeUndefined();
    expect(templateFor(undefined, 'latency', 'critical')).toBeUndefined();
  });
});
