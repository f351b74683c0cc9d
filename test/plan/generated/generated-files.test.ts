import { format, resolveConfig } from 'prettier';
import { describe, expect, it } from 'vitest';
import { reservedKeys } from '../../../src/plan/document/reserved.js';
import { errorPage } from '../../../src/plan/generated/error-page.js';
import { referenceIntroduction } from '../../../src/plan/generated/introduction.js';
import { documentSchemas, editorSchemas } from '../../../src/plan/generated/json-schema.js';
import { planReference } from '../../../src/plan/generated/plan-reference.js';

const root = new URL('../../../', import.meta.url).pathname;

async function markdown(text: string): Promise<string> {
  return format(text, { ...(await resolveConfig(`${root}docs/x.md`)), parser: 'markdown' });
}

/** `npm run schema` writes these files anew after a change of the language. */
describe('generated files', () => {
  it('has the JSON Schema of plans that the language says', async () => {
    await expect(`${JSON.stringify(editorSchemas().plan, null, 2)}\n`).toMatchFileSnapshot(
      `${root}schema/plan.schema.json`
    );
  });

  it('has the JSON Schema of environments that the language says', async () => {
    await expect(`${JSON.stringify(editorSchemas().environment, null, 2)}\n`).toMatchFileSnapshot(
      `${root}schema/environment.schema.json`
    );
  });

  it('has the plan reference that the schemas say', async () => {
    const page = await markdown(planReference(referenceIntroduction, documentSchemas()));
    await expect(page).toMatchFileSnapshot(`${root}docs/plan-reference.md`);
  });

  it('has the errors page that the catalogue says', async () => {
    await expect(await markdown(errorPage())).toMatchFileSnapshot(`${root}docs/errors.md`);
  });
});

describe('the plan reference', () => {
  it('explains every key: none is without a meaning', () => {
    const rows = planReference('', documentSchemas())
      .split('\n')
      .filter((line) => line.startsWith('| `'));
    expect(rows.length).toBeGreaterThan(150);
    expect(rows.filter((line) => /\|\s*\|$/.test(line))).toEqual([]);
  });

  it('names every reserved key', () => {
    for (const key of Object.keys(reservedKeys)) expect(referenceIntroduction).toContain(`\`${key}\``);
  });
});
