import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { PhasegateError } from '../../../src/plan/errors.js';
import { migrationId } from '../../../src/plan/names.js';
import { sizes, useBrowser, type Size } from '../../support/dashboard/browser.js';
import { serveAssets } from '../../support/dashboard/pages.js';
import { fakeSource, FakeReader, scene, sceneOnHold } from '../../support/dashboard/scene.js';
import { troubled } from '../../support/dashboard/watch.js';
import { goLive } from '../../support/live/live.js';
import { needs } from '../../support/needs.js';
import { phase, plan, span, step, windowSpec } from '../../support/stage/plans.js';
import { Running } from '../cli/binary.js';

const boards = {
  executive: ['Golden Path Health', 'Security Status', 'User Experience', 'Revenue Impact', 'System Stability'],
  engineering: [
    'Component Health',
    'Migration Progress',
    'Performance Trends',
    'Error Analysis',
    'Resource Utilization',
  ],
  operations: ['Deployment Status', 'Incident Status', 'Rollback Readiness', 'Alert History', 'Business Metrics'],
} as const;
type Board = keyof typeof boards;
const everyBoard = Object.keys(boards) as Board[];

const open = useBrowser();

/** `PHASEGATE_PICTURES=folder` keeps what the test looks at, for people to look at too. */
async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env.PHASEGATE_PICTURES;
  if (folder === undefined) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}

/** What hangs out of its panel, or out of the page. */
const overflowing = `[...document.querySelectorAll('#panels *, #head *, .bar *')]
  .filter((one) => {
    const right = one.closest('.panel')?.getBoundingClientRect().right ?? innerWidth;
    return !one.closest('thead, .unseen, canvas') && one.getBoundingClientRect().right > right + 1;
  })
  .map((one) => one.outerHTML.slice(0, 120))`;

/** The least contrast of any text with what lies behind it, as WCAG counts it. */
const leastContrast = `(() => {
  const parse = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((c) => (c /= 255) <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const behind = (one) => {
    for (let at = one; at; at = at.parentElement) {
      const colour = parse(getComputedStyle(at).backgroundColor);
      if (colour[3] !== 0) return colour;
    }
    return [255, 255, 255];
  };
  const texts = [...document.querySelectorAll('body *')].filter(
    (one) => [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== '') && one.checkVisibility()
  );
  return Math.min(...texts.map((one) => {
    const [a, b] = [light(parse(getComputedStyle(one).color)), light(behind(one))].sort((x, y) => y - x);
    return (a + 0.05) / (b + 0.05);
  }));
})()`;

describe('the dashboards in a browser', { timeout: 120_000 }, () => {
  for (const board of everyBoard) {
    for (const size of Object.keys(sizes) as Size[]) {
      it(`show the five panels of ${board} on a ${size} screen, light and dark, whole and without a complaint`, async () => {
        const { url } = await serveAssets(new FakeReader(await scene()));
        const { page, trouble } = await open(`${url}/${board}`, { size });
        await page.locator('.panel').nth(4).waitFor();
        expect(await page.locator('h2').allInnerTexts()).toEqual(boards[board]);
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.emulateMedia({ colorScheme });
          await picture(page, `${board}-${size}-${colorScheme}`);
          expect(await page.evaluate(leastContrast)).toBeGreaterThanOrEqual(4.5);
        }
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(sizes[size].width);
        expect(await page.evaluate(overflowing)).toEqual([]);
        expect(trouble).toEqual([]);
      });
    }
  }

  it('fit the executive board on a wall screen without scrolling, in larger type', async () => {
    const { url } = await serveAssets(new FakeReader(await scene()));
    const { page } = await open(`${url}/executive`, { size: 'wall' });
    await page.locator('.panel').nth(4).waitFor();
    expect(await page.evaluate('document.documentElement.scrollHeight')).toBeLessThanOrEqual(sizes.wall.height);
    expect(await page.evaluate("parseFloat(getComputedStyle(document.querySelector('.lead strong')).fontSize)")).toBeGreaterThan(44); // prettier-ignore
  });

  it('show trouble on every board, in words and symbols', async () => {
    const reader = new FakeReader(await sceneOnHold());
    reader.parts = troubled;
    const source = fakeSource();
    source.readings.set('golden_path_success_rate', { kind: 'value', value: 0.74 });
    source.readings.set('response_time_p95', { kind: 'value', value: 3.4 });
    source.readings.set('platform_uptime', { kind: 'error', reason: 'HTTP 503' });
    const { url } = await serveAssets(reader, { source });
    const expected = {
      executive: ['✖ critical', '! warning', '? no data', 'HTTP 503'],
      engineering: ['■ on hold', 'could not be judged on 3 samples in a row'],
      operations: ['■ erin or enzo', '✖ severity 1', '#1 Golden path complete failure', 'slack-ops: HTTP 503'],
    };
    for (const board of everyBoard) {
      const { page } = await open(`${url}/${board}`);
      await page.locator('.panel').nth(4).waitFor();
      await picture(page, `${board}-trouble`);
      const text = (await page.locator('body').innerText()).replaceAll(/\s+/g, ' ');
      for (const words of expected[board]) expect(text).toContain(words);
    }
  });

  it('can be used without a pointer and without sight', async () => {
    const { url } = await serveAssets(new FakeReader(await scene()));
    const { page } = await open(`${url}/executive`);
    await page.locator('.panel').nth(4).waitFor();
    const unnamed = await page.locator('[role=img]:not([aria-label]), section:not([aria-labelledby]):not([aria-label]), table:not(:has(caption)), th:not([scope]), progress:not([aria-label])').count(); // prettier-ignore
    expect(unnamed).toBe(0);
    expect(await page.getByRole('img', { name: /^Golden path success rate: .*target > 95%/ }).count()).toBe(1);
    expect(await page.getByRole('region', { name: 'Security Status' }).count()).toBe(1);
    expect(await page.locator('a[aria-current=page]').innerText()).toBe('Executive');
    const reached: string[] = [];
    for (let turn = 0; turn < 6; turn += 1) {
      await page.keyboard.press('Tab');
      reached.push(await page.evaluate<string>('document.activeElement.textContent.trim().split("\\n")[0]'));
    }
    expect(reached).toEqual(['Skip to the panels', 'Executive', 'Engineering', 'Operations', 'the whole run', 'Dark']);
    await page.keyboard.press('Enter');
    expect(await page.evaluate("getComputedStyle(document.documentElement).colorScheme")).toBe('dark'); // prettier-ignore
    await page.reload();
    expect(await page.evaluate("getComputedStyle(document.documentElement).colorScheme")).toBe('dark'); // prettier-ignore
  });

  it('keep what was seen last when Temporal, or the dashboard itself, is away', async () => {
    const reader = new FakeReader(await scene());
    const served = await serveAssets(reader, { everyMs: 100 });
    const { page } = await open(`${served.url}/operations`);
    await page.locator('.panel').nth(4).waitFor();
    reader.error = new PhasegateError('PG401', 'the Temporal server at here does not answer');
    await page.getByText('the Temporal server at here does not answer; it is tried again').waitFor();
    expect(await page.locator('body').getAttribute('class')).toContain('old');
    reader.error = undefined;
    await page.locator('body:not(.old)').waitFor();
    await served.close();
    await page.getByText('the dashboard server does not answer').waitFor();
    expect(await page.getByText('Success criteria of Tool dispatcher').count()).toBeGreaterThan(0);
  });

  it('ask for a shorter time when one is chosen, and keep it on the other boards', async () => {
    const { url } = await serveAssets(new FakeReader(await scene()));
    const { page } = await open(`${url}/executive`);
    await page.locator('.panel').nth(4).waitFor();
    const asked = page.waitForRequest((request) => request.url().endsWith('range=15m'));
    await page.getByLabel('Plots show').selectOption('15m');
    await asked;
    await page.getByRole('link', { name: 'Engineering' }).click();
    expect(page.url()).toBe(`${url}/engineering?range=15m`);
    // The page sets it when its script has run.
    await expect.poll(() => page.getByLabel('Plots show').inputValue(), { timeout: 30_000 }).toBe('15m');
  });

  it('ask who has no cookie for the token, which then stands in no address', async () => {
    const token = 'a-token-of-some-length';
    const { url } = await serveAssets(new FakeReader(await scene()), { token });
    const { page } = await open(`${url}/executive`);
    await page.getByLabel('Token').fill('another-token-altogether');
    await page.getByRole('button').click();
    await page.getByText('This is not the token.').waitFor();
    await page.getByLabel('Token').fill(token);
    await page.keyboard.press('Enter');
    await page.locator('.panel').nth(4).waitFor();
    expect(page.url()).toBe(`${url}/executive`);
    expect(await page.evaluate('document.cookie')).toBe('');
  });

  it('ask for the token again when the dashboard was started anew', async () => {
    const token = 'a-token-of-some-length';
    const reader = new FakeReader(await scene());
    const first = await serveAssets(reader, { token });
    const { page } = await open(`${first.url}/executive`);
    const enter = async (): Promise<void> => {
      await page.getByLabel('Token').fill(token);
      await page.keyboard.press('Enter');
      await page.locator('.panel').nth(4).waitFor();
    };
    await enter();
    await first.close();
    await serveAssets(reader, { token, ports: [Number(new URL(first.url).port)] });
    await enter();
  });

  it('escape whatever plans and people wrote', async () => {
    const snapshot = await sceneOnHold();
    const hostile = '<img src=x onerror=alert(1)>';
    snapshot.run.plan.title = hostile;
    for (const gate of snapshot.phases.at(-1)?.gates ?? []) gate.title = hostile;
    const { url } = await serveAssets(new FakeReader(snapshot));
    const { page, trouble } = await open(`${url}/operations`);
    await page.locator('td', { hasText: hostile }).first().waitFor();
    expect(await page.locator('img').count()).toBe(0);
    expect(trouble).toEqual([]);
  });
});

describe('the dashboards of a real run', { timeout: 180_000 }, () => {
  it('follow it live to its end, with what Prometheus measured', async () => {
    needs('prometheus', 'apt-get install --no-install-recommends prometheus');
    const live = await goLive(['FLAG_CORE']);
    await live.startWorker();
    live.target.set(0.9);
    const watch = step.watch('window', { length: span(5000), every: span(1000), deadline: span(90_000) });
    const rollback = {
      metrics: ['success'],
      window: windowSpec({ length: span(3000), every: span(1000) }),
      checks: [],
    };
    const metrics = {
      success: {
        name: 'success',
        description: 'share of good answers',
        unit: 'ratio',
        priority: 'red',
        gates: true,
        target: { op: '>', value: 0.95, text: '> 95%' },
      },
    } as const;
    const handle = await live.start(plan([phase('1a', { steps: [step.flag('core'), watch] })], { rollback, metrics }));
    await live.until('two samples', async () => (await live.windowAt('1a')) >= 2);
    const serving = new Running(['dashboard', migrationId(live.environment.id, 'test-plan')]);
    onTestFinished(() => void serving.process.kill('SIGKILL'));
    await serving.says(/^http:\/\/127\.0\.0\.1:\d+$/m);
    const url = /^http\S+/m.exec(serving.stdout)?.[0] ?? '';
    const { page, trouble } = await open(`${url}/executive`, { at: 'real' });
    await page.locator('#state', { hasText: 'running' }).waitFor();
    await page.locator('.figure', { hasText: 'off target' }).getByText('90', { exact: false }).first().waitFor();
    live.target.set(1);
    await page.locator('.figure', { hasText: 'on target' }).getByText('100', { exact: false }).first().waitFor();
    expect((await handle.result()).outcome?.kind).toBe('completed');
    await page.locator('#state', { hasText: 'completed' }).waitFor();
    expect(await page.locator('#facts').innerText()).toMatch(/ran for .*, ended .* ago/);
    await page.goto(`${url}/engineering`);
    await page.locator('.meters', { hasText: 'FLAG_CORE' }).getByText('5 % of 5 %').waitFor();
    await page.goto(`${url}/operations`);
    await page.getByText('A rollback now would take back 1 target').waitFor();
    await picture(page, 'operations-real');
    expect(trouble).toEqual([]);

    serving.process.kill('SIGINT');
    expect(await serving.ended).toMatchObject({ code: 0 });
  });
});
