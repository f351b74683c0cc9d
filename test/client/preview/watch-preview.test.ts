import { describe, expect, it } from 'vitest';
import { buildPreview } from '../../../src/client/preview/build-preview.js';
import { previewLines } from '../../../src/client/preview/preview-lines.js';
import { plain } from '../../../src/client/render/paint.js';
import { frozen } from '../../plan/support/freeze-texts.js';
import { replaceOnce, sampleEnvironment, samplePlan } from '../../plan/support/samples.js';
import { watchedEnvironment, watchedPlan } from '../../plan/support/watch-samples.js';
import { t } from '../support/snapshots.js';

function shown(plan: string, environment: string): string[] {
  const facts = { warnings: [], startedBy: 'ada', startAt: t };
  const lines = previewLines(buildPreview({ ...facts, frozen: frozen(plan, environment) }), plain, 200);
  const at = lines.findIndex((line) => line.startsWith('Watch'));
  return at < 0 ? [] : lines.slice(at, lines.indexOf('', at));
}

describe('the preview of what watches beside the phases', () => {
  it('says what is watched, who is alerted where, and how incidents are answered', () => {
    expect(shown(watchedPlan, watchedEnvironment)).toEqual([
      'Watch  from the first flag to the end of the validation, every 30s',
      '  metrics error_rate, latency, violations',
      '  takes everything back when critical: error_rate',
      '  critical pager, mail for lead (ada, bob), ops (bob, cyd); unacknowledged after 5m: lead (ada, bob)',
      '  warning chat for team (team@example.com); unacknowledged after 15m: ops (bob, cyd)',
      '  severity 1 Critical: answered within 5m; called at once: lead (ada, bob); takes everything back',
      '    opens when violations >= 3, error_rate is critical',
      '  severity 2 High: answered within 15m; unacknowledged by then: ops (bob, cyd); a person may take the failing component back',
      '    opens when latency more than 50% above baseline',
      '  severity 3 Medium: answered within 1h; unacknowledged by then: team (team@example.com); takes nothing back',
      '    opens when latency more than 20% and at most 50% above baseline; 1 of its causes a person declares',
    ]);
  });

  it('names what takes everything back as the causes of the plan have it', () => {
    const named = (...changes: Array<[string, string]>): string[] =>
      shown(
        changes.reduce((text, [from, to]) => replaceOnce(text, from, to), watchedPlan),
        watchedEnvironment
      ).filter((line) => line.includes('takes everything back when critical'));
    const cause = '        - { id: errors, title: Errors, when: error_rate is critical }\n';
    const slow = '        - { id: slow, title: Slow, when: latency more than 50% above baseline, phase: one }\n';
    expect(named([cause, ''])).toEqual(['  takes everything back when critical: error_rate']);
    expect(named([cause, ''], [slow, `${slow}${cause}`])).toEqual([]);
  });

  it('says where alerts go that have no route', () => {
    expect(shown(samplePlan, sampleEnvironment)).toEqual([
      'Watch  from the first flag to the end of the validation, every 15s',
      '  metrics error_rate',
      '  takes everything back when critical: error_rate',
      '  alerts go to worker-log',
    ]);
  });

  it('is not there where nothing has a threshold', () => {
    expect(shown(samplePlan.replace(", warning: '> 2%', critical: '> 5%'", ''), sampleEnvironment)).toEqual([]);
  });
});
