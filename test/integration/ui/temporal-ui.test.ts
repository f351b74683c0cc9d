import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Locator, type Page } from 'playwright-core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { pasteableAnswers } from '../../../src/plan/text/pasteable.js';
import { startTemporal } from '../../../src/client/dev-server/index.js';
import { needs } from '../../support/needs.js';
import { scratchFolder } from '../../support/servers/scratch.js';
import { approval, phase, plan, span, step, windowSpec } from '../../support/stage/plans.js';
import { openStage, type Run, type Stage } from '../../support/stage/stage.js';

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

/** The page holds a form for each kind of message, all but one of them behind it. */
function pressOnTop(text: string): string {
  return `[...document.querySelectorAll('button')].find((button) => {
    const { x, y, width, height } = button.getBoundingClientRect();
    const top = document.elementFromPoint(x + width / 2, y + height / 2);
    return button.textContent.includes('${text}') && top !== null && button.contains(top);
  }).click()`;
}

interface Shown {
  stage: Stage;
  run: Run;
  page: Page;
}

/** A phase that waits for its approval, shown in a browser. */
async function show(): Promise<Shown> {
  const executablePath = needs('chromium', 'apt-get install --no-install-recommends chromium');
  const server = await startTemporal({ stateDir: scratchFolder(), ignoreConfigured: true });
  onTestFinished(() => server.stop());
  const stage = await openStage({}, undefined, server);
  onTestFinished(() => stage.close());
  const run = await stage.start(waiting());
  await stage.until('the approval', async () => (await stage.phase('1a')).gates[0]);

  const browser = await chromium.launch({ executablePath, args: quiet });
  onTestFinished(() => browser.close());
  const page = await browser.newPage({ viewport: { width: 1400, height: 1100 } });
  const workflowId = `${stage.id}/phase/1a`;
  const { runId } = await stage.handleOf(workflowId).describe();
  await page.goto(`${server.uiUrl}/namespaces/default/workflows/${encodeURIComponent(workflowId)}/${runId}/history`);
  return { stage, run, page };
}

describe('the Temporal UI', { timeout: 120_000 }, () => {
  it('says in one sentence what a phase waits for, who can answer, until when and what comes then', async () => {
    const { stage, page } = await show();
    await page.getByText('User Metadata').click();
    // The UI draws Markdown inside frames: the summary, then the current details.
    const frames = page.frameLocator('iframe');
    await frames.first().getByText('1a: Agent execution core').waitFor();
    await frames
      .last()
      .getByText(/Waits for approval by 1 lead \(erin or lee\) at 1a\/approval#1, until .*, then roll back/)
      .first()
      .waitFor();
    await picture(page, 'temporal-ui');
    expect(await page.title()).toContain(`${stage.id}/phase/1a`);
  });

  it('takes the approval that its page offers to paste', async () => {
    const { stage, run, page } = await show();
    const [gate] = (await stage.phase('1a')).gates;
    const [offered] = gate ? pasteableAnswers(gate) : [];
    expect(offered?.name).toBe('approve');
    const seen = (locator: Locator): Locator => locator.locator('visible=true').first();
    await seen(page.getByRole('button', { name: 'More Actions' })).click();
    await seen(page.getByText('Send a Signal')).click();
    await seen(page.locator('#signal-select')).click({ force: true });
    await page.getByRole('option', { name: 'approve' }).first().click();
    await seen(page.locator('[contenteditable][aria-label=Data]')).click();
    await page.keyboard.insertText((offered?.payload ?? '').replace('your-name', 'erin'));
    await picture(page, 'temporal-ui-approve');
    await page.evaluate(pressOnTop('Submit'));
    expect((await run.result()).outcome?.kind).toBe('completed');
  });
});
