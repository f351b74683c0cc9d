import { describe, expect, it } from 'vitest';
import type { EvidenceRef } from '../../../src/plan/run-facts.js';
import { testEnvironment } from '../../support/activities/environment.js';
import { activitiesOn } from '../../support/activities/run-activity.js';
import { testTools } from '../../support/activities/tools.js';

const statement = { by: 'erin', run: 'r', gate: '1a/approval#1', decision: 'approve', digest: 'sha256:0' };

describe('identity by name', () => {
  it("believes a name of the environment's people, and says that it only believes", async () => {
    const activities = activitiesOn(testTools());
    const result = await activities.verifyIdentity({ statement, environment: testEnvironment() });
    expect(result).toEqual({ accepted: true, how: 'identity' });
  });

  it('keeps a signature that somebody sent, though nobody looks at it here', async () => {
    const tools = testTools();
    const sent = { statement, environment: testEnvironment(), signature: 'SSHSIG' };
    const { evidence } = (await activitiesOn(tools).verifyIdentity(sent)) as { evidence?: EvidenceRef };
    expect(JSON.parse(await tools.evidence.get(evidence?.digest ?? ''))).toMatchObject({
      document: { statement, trust: 'identity', how: 'identity', signature: 'SSHSIG' },
    });
  });

  it.each([['mallory'], ['Erin'], ['erin '], ['']])('refuses "%s"', async (by) => {
    const activities = activitiesOn(testTools());
    const result = await activities.verifyIdentity({ statement: { ...statement, by }, environment: testEnvironment() });
    expect(result).toMatchObject({
      accepted: false,
      reason: expect.stringContaining('not one of the people') as string,
    });
  });
});
