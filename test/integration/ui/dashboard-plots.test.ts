import { describe, expect, it } from 'vitest';
import type { BoardDocument, Plot } from '../../../src/client/dashboard/document.js';
import { useBrowser } from '../../support/dashboard/browser.js';
import { firstDocument } from '../../support/dashboard/documents.js';
import { drawnOn, ink, noteDrawing, type Drawn } from '../../support/dashboard/drawn.js';
import { serveAssets } from '../../support/dashboard/pages.js';
import { fakeSource, FakeReader, sceneOnHold } from '../../support/dashboard/scene.js';

const open = useBrowser();

interface Shown {
  document: BoardDocument;
  plot: Plot;
  drawn: Drawn;
  colours: Record<'good' | 'warn' | 'bad' | 'band' | 'band-other' | 'line', string>;
}

/** The plot of a metric that stands just below its critical threshold, so that all its bounds are drawn. */
async function shown(): Promise<Shown> {
  const source = fakeSource();
  source.readings.set('golden_path_success_rate', { kind: 'value', value: 0.79 });
  const { url } = await serveAssets(new FakeReader(await sceneOnHold()), { source });
  const document = await firstDocument(`${url}/events?board=executive&range=run`);
  const plots = document.panels.flatMap(({ blocks }) =>
    blocks.flatMap((block) => (block.kind === 'plots' ? block.items : []))
  );
  const plot = plots.find(({ label }) => label.startsWith('Golden path success rate'));
  if (!plot) throw new Error('the executive board has no plot of the golden path');
  const { page } = await open(`${url}/executive`, { prepare: noteDrawing });
  await page.locator('.panel').nth(4).waitFor();
  const drawn = await drawnOn(page, plot.label);
  const names = ['good', 'warn', 'bad', 'band', 'band-other', 'line'] as const;
  const colours = Object.fromEntries(await Promise.all(names.map(async (name) => [name, await ink(page, name)])));
  return { document, plot, drawn, colours: colours as Shown['colours'] };
}

/** The height of a value, by the labels of the vertical axis. */
function heightOf({ drawn }: Shown): (value: number) => number {
  const labels = drawn.texts.flatMap(({ text, y }) => {
    const value = /^([\d.]+) ?%$/.exec(text)?.[1];
    return value === undefined ? [] : [{ value: Number(value) / 100, y }];
  });
  const [low, high] = [labels.at(0), labels.at(-1)];
  if (!low || !high || low.value === high.value) throw new Error(`the axis says ${JSON.stringify(drawn.texts)}`);
  return (value) => low.y + ((value - low.value) / (high.value - low.value)) * (high.y - low.y);
}

describe('a plot', () => {
  it('has a line at the value of each bound, named, in the colour of what it means', async () => {
    const all = await shown();
    const { plot, drawn, colours } = all;
    const yOf = heightOf(all);
    const meant = { target: colours.good, criterion: colours.good, warning: colours.warn, critical: colours.bad };
    expect(plot.bounds.map(({ name }) => name)).toEqual(['target', 'warning', 'critical']);
    for (const { name, value, text } of plot.bounds) {
      expect(drawn.texts).toContainEqual(expect.objectContaining({ text: `${name} ${text}`, colour: meant[name] }));
      const lines = drawn.lines.filter(
        ({ from, to, dashed }) =>
          from[1] === to[1] && Math.abs(from[1] - yOf(value)) <= 1 && dashed === (name !== 'critical')
      );
      expect(
        lines.map(({ colour }) => colour),
        `${name} at ${value}`
      ).toContain(meant[name]);
    }
  });

  it('has each phase behind it, named where there is room, from its begin to its end', async () => {
    const { document, drawn, colours } = await shown();
    const { from, to, bands } = document;
    const bound = drawn.lines.find(({ colour }) => colour === colours.bad);
    if (!bound) throw new Error('no critical threshold is drawn');
    const [left, right] = [bound.from[0], bound.to[0]];
    const xOf = (at: number): number =>
      left + ((Math.min(Math.max(at, from), to) - from) / (to - from)) * (right - left);
    expect(bands.length).toBeGreaterThan(2);
    for (const band of bands) {
      const areas = drawn.areas.filter(
        (area) => Math.abs(area.left - xOf(band.from)) <= 1.5 && Math.abs(area.right - xOf(band.to)) <= 1.5
      );
      const expected = band.tone === 'info' ? [colours.band, colours['band-other']] : [expect.any(String)];
      expect(
        areas.map(({ colour }) => colour).filter((colour) => expected.includes(colour)),
        band.label
      ).toHaveLength(1);
    }
    const middles = bands.map(({ label, ...band }) => [label, Math.round((xOf(band.from) + xOf(band.to)) / 2)]);
    const named = drawn.texts.flatMap(({ text, x }) => (middles.some(([label]) => label === text) ? [[text, Math.round(x)]] : [])); // prettier-ignore
    expect(named).toEqual(middles.slice(1));
    // Where a name has no room, it would lie over the next one.
    expect(middles[0]?.[0]).toBe('pre-deployment');
  });
});
