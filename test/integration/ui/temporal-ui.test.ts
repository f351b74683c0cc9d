import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startTemporal } from '../../../src/client/dev-server/index.js';
import { needs } from '../../support/needs.js';
import { scratchFolder } from '../../support/servers/scratch.js';
import { approval, phase, plan, span, step, windowSpec } from '../../support/stage/plans.js';
import { openStage } from '../../support/stage/stage.js';

const quiet = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'];

const waiting = (): ReturnType<typeof plan> =>
  plan([
    phase('1a', {
      title: 'Agent execution core',
      before: [step.check('backups', { title: 'Recent backups are available' })],
      steps: [
        step.flag('core', { title: '1. Enable the feature flag' }),
        step.deploy('deploy', { title: '2. Deploy the code' }),
        step.watch('window'),
      ],
      success: windowSpec(),
      approval: approval({ expires: span(3_600_000) }),
    }),
  ]);

/** `PHASEGATE_PICTURES=folder` keeps what the test looks at, for people to look at too. */
async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env.PHASEGATE_PICTURES;
  if (folder === undefined) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`) });
}

describe('the Temporal UI', () => {
  it(
    'says in one sentence what a phase waits for, who can answer, until when and what comes then',
    { timeout: 120_000 },
    async () => {
      const executablePath = needs('chromium', 'apt-get install --no-install-recommends chromium');
      const server = await startTemporal({ stateDir: scratchFolder(), ignoreConfigured: true });
      onTestFinished(() => server.stop());
      const stage = await openStage({}, undefined, server);
      onTestFinished(() => stage.close());
      await stage.start(waiting());
      await stage.until('the approval', async () => (await stage.phase('1a')).gates[0]);

      const browser = await chromium.launch({ executablePath, args: quiet });
      onTestFinished(() => browser.close());
      const page = await browser.newPage({ viewport: { width: 1400, height: 1100 } });
      const workflowId = `${stage.id}/phase/1a`;
      const { runId } = await stage.handleOf(workflowId).describe();
      await page.goto(
        `${server.uiUrl}/namespaces/default/workflows/${encodeURIComponent(workflowId)}/${runId}/history`
      );
      await page.getByText('User Metadata').click();
      // The UI draws Markdown inside frames: the summary, then the current details.
      const frames = page.frameLocator('iframe');
      await frames.first().getByText('1a: Agent execution core').waitFor();
      const details = frames.last();
      await details
        .getByText(/Waits for approval by 1 lead \(erin or lee\) at 1a\/approval#1, until .*, then roll back/)
        .first()
        .waitFor();
      await picture(page, 'temporal-ui');
      expect(await page.title()).toContain(workflowId);
    }
  );
});
