import { describe, expect, it } from 'vitest';
import { besidePlaces, cleanUpPlaces, lockPlaces } from './beside-places.js';
import { placesBeside, placesOf, placesOfWorkflow } from './kinds.js';
import { places, type Place } from './long-way.js';
import { phaseAt, wayTo } from './way-to.js';

const ground = { probe: (name: string): string[] => ['probe', name] };

describe('the places at which somebody interferes', () => {
  it('are those that the kinds of steps and waits need', () => {
    const named = Object.values(placesOf).flatMap((kinds) => Object.values(kinds).flat());
    expect(new Set(named)).toEqual(new Set(places));
  });

  it('beside and behind a run are those that the parts of a plan need which are at work there', () => {
    expect(new Set(Object.values(placesBeside).flat())).toEqual(new Set([...besidePlaces, ...cleanUpPlaces]));
  });

  it('are all that somebody interferes with in the workflows', () => {
    const all = [...places, ...besidePlaces, ...cleanUpPlaces, ...lockPlaces];
    expect(new Set<string>(Object.values(placesOfWorkflow).flat())).toEqual(new Set<string>(all));
  });

  it.each(Object.entries(placesOf.step))('have a step of the kind %s', (kind, where) => {
    for (const place of where) expect(phaseTo(place)?.steps.map((step) => step.kind)).toContain(kind);
  });

  it.each(Object.entries(placesOf.stageItem))('have an item of a stage of the kind %s', (kind, where) => {
    for (const place of where) expect(phaseTo(place)?.before.map((item) => item.kind)).toContain(kind);
  });

  it.each(Object.entries(placesOf.partOfPhase))('have a phase with %s', (part, where) => {
    for (const place of where) expect(phaseTo(place)).toHaveProperty([part]);
  });
});

function phaseTo(place: Place): ReturnType<typeof wayTo>['phases'][number] | undefined {
  return wayTo(place, 'any', ground).phases.find(({ id }) => id === phaseAt(place));
}
