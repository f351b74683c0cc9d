import { describe, expect, it } from 'vitest';
import { silentPartsText, unansweredText } from '../../../src/client/read/query.js';

const builds = { polling: ['b2'], namespace: 'default', environmentId: 'lab' };
const part = (name: string, pinnedTo?: string) => ({
  workflowId: `migration/lab/x/${name}`,
  pinnedTo,
  why: 'no worker' as const,
});

describe('what is said of phases and rollbacks that do not answer', () => {
  it('names the build that they stay with, those that poll, and what to type to start or to move', () => {
    expect(silentPartsText([part('phase/1b', 'b1')], builds)).toBe(
      'no worker answers for phase/1b: of that is shown what Temporal itself knows. ' +
        'It stays with build b1, which began it (builds that polled within the last minute: b2); ' +
        'start a worker of that build with: phasegate worker --env lab; ' +
        'or let build b2 go on with it: temporal workflow update-options --namespace default ' +
        '--workflow-id migration/lab/x/phase/1b --versioning-override-behavior pinned ' +
        '--versioning-override-deployment-name phasegate --versioning-override-build-id b2'
    );
  });

  it('moves nothing to a build that does not poll, or has it already', () => {
    for (const polling of [undefined, [], ['b1']]) {
      expect(silentPartsText([part('phase/1b', 'b1')], { ...builds, polling })).not.toContain('temporal workflow');
    }
    expect(silentPartsText([part('phase/1b')], builds)).toContain('It stays with the build that began it (');
    expect(silentPartsText([], builds)).toBeUndefined();
  });

  it('says which builds the open phases need when nobody answers at all', () => {
    const start = 'no worker answers: this is what Temporal itself knows. Start one with: phasegate worker --env lab';
    expect(unansweredText('no worker', [], { ...builds, polling: [] })).toBe(start);
    expect(unansweredText('no worker', [part('phase/1b', 'b1')], builds)).toBe(
      `${start} (phase/1b needs one of build b1; builds that polled within the last minute: b2)`
    );
  });
});
