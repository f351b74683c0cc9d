import { describe, expect, it } from 'vitest';
import { verifierFor } from '../../../src/activities/approvals/registry.js';
import { testEnvironment } from '../../support/activities/environment.js';

const statement = { by: 'erin', run: 'r', gate: '1a/approval#1', decision: 'approve', digest: 'sha256:0' };

describe('identity by name', () => {
  const verifier = verifierFor('identity');

  it("believes a name of the environment's people, and says that it only believes", async () => {
    const result = await verifier.verify({ statement, environment: testEnvironment() });
    expect(result).toEqual({ accepted: true, how: 'identity' });
  });

  it.each([['mallory'], ['Erin'], ['erin '], ['']])('refuses "%s"', async (by) => {
    const result = await verifier.verify({ statement: { ...statement, by }, environment: testEnvironment() });
    expect(result).toMatchObject({
      accepted: false,
      reason: expect.stringContaining('not one of the people') as string,
    });
  });
});
