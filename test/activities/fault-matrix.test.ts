import type { Client } from '@temporalio/client';
import { describe, expect, it } from 'vitest';
import { createEnvironmentActivities } from '../../src/activities/create-activities.js';
import { createHostActivities } from '../../src/activities/host/index.js';
import { allCells } from '../full/matrix/cells.js';
import { faults } from '../full/matrix/faults.js';
import { occurrences } from '../full/matrix/occurrences.js';
import { matrixTable } from '../full/matrix/table.js';
import { testTools } from '../support/activities/tools.js';

/** Everything that workers register, by the functions that make it for them. */
function registered(): string[] {
  const { environment, windows } = createEnvironmentActivities(testTools());
  return [environment, windows, createHostActivities({} as Client)].flatMap((one) => Object.keys(one));
}

describe('the matrix of faults', () => {
  it('knows every activity that workers register, and no other', () => {
    expect(Object.keys(occurrences).toSorted()).toEqual(registered().toSorted());
  });

  it.each(registered())('has a cell for each fault of %s', (activity) => {
    const struck = allCells().filter((cell) => cell.activity === activity);
    expect([...new Set(struck.map(({ fault }) => fault))].toSorted()).toEqual([...faults].toSorted());
  });

  it('shows at each place either its faults or why there are none', () => {
    const rows = matrixTable([]).split('\n\n')[0]?.split('\n').slice(1) ?? [];
    const places = Object.entries(occurrences).flatMap(([activity, at]) =>
      Object.entries(at).map(([place, one]) => [activity, place, 'never' in one ? one.never : undefined] as const)
    );
    expect(rows).toHaveLength(places.length);
    for (const [index, [activity, place, never]] of places.entries()) {
      const [shownActivity, shownPlace, ...shown] = rows[index]?.split(/ {2,}/) ?? [];
      expect([shownActivity, shownPlace]).toEqual([activity, place]);
      expect(shown).toEqual(never === undefined ? faults.map(() => '?') : [expect.stringMatching(/^- \(.{10,}\)$/)]);
    }
  });
});
