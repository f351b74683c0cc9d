import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  acknowledge,
  hearNews,
  isClosed,
  nextInstant,
  onInstant,
  openAlert,
  type AlertPatience,
  type AlertState,
  type Turn,
} from '../../../src/plan/alert/course.js';
import type { LevelNews } from '../../../src/plan/trouble.js';

const minute = 60_000;
const patience = (): AlertPatience => ({ escalateAfter: 5 * minute, remindEvery: 15 * minute, quiet: minute });

/** A course in words: `critical`, `+5m`, `ack`, and what was told at each. */
function play(...events: string[]): { told: string[]; state: AlertState } {
  let now = 0;
  let state: AlertState | undefined;
  const told: string[] = [];
  const take = (turn: Turn): void => {
    state = turn.state;
    if (turn.tell) told.push(`${now / minute}m ${turn.tell}`);
  };
  for (const event of events) {
    const wait = /^\+([\d.]+)m$/.exec(event)?.[1];
    if (wait !== undefined) {
      const until = now + Number(wait) * minute;
      for (let at = state && nextInstant(state); state && at !== undefined && at <= until; at = nextInstant(state)) {
        now = Math.max(now, at);
        take(onInstant(state, patience, now));
      }
      now = until;
    } else if (event === 'ack') take(acknowledge(state as AlertState, 'ola', now));
    else take(state ? hearNews(state, news(event, now), patience, now) : openAlert(news(event, now), patience, now));
  }
  return { told, state: state as AlertState };
}

/** `grown warning` is a count that stays at its warning, and grew. */
function news(words: string, at: number): LevelNews {
  const level = words.replace('grown ', '') as LevelNews['level'];
  return { level, reason: level, at, ...(words.startsWith('grown ') ? { grown: true } : {}) };
}

describe('the page of an alert', () => {
  it('is that of its latest news that had one, and goes when it opens anew', () => {
    const bad = (level: LevelNews['level'], at: number, page?: string): LevelNews => ({
      level,
      reason: level,
      at,
      ...(page === undefined ? {} : { page }),
    });
    let { state } = openAlert(bad('warning', 0), patience, 0);
    expect(state.page).toBeUndefined();
    ({ state } = hearNews(state, bad('critical', 1, 'everything'), patience, 1));
    expect(state.page).toBe('everything');
    ({ state } = hearNews(state, bad('warning', 2), patience, 2));
    expect(state.page).toBe('everything');
    // Its incident calls people: nobody is asked for the same answer twice.
    expect(nextInstant(state)).toBeUndefined();
    ({ state } = hearNews(state, bad('unwatched', 3), patience, 3));
    ({ state } = hearNews(state, bad('critical', 4), patience, 4));
    expect(state.page).toBeUndefined();
  });
});

describe('the course of an alert', () => {
  it.each<[string, string[], string[]]>([
    ['opens at once', ['critical'], ['0m opened']],
    ['no data alerts too', ['no-data'], ['0m opened']],
    ['is raised when it becomes critical', ['warning', '+1m', 'critical'], ['0m opened', '1m raised']],
    ['data that come back as a warning are worse than none', ['no-data', 'warning'], ['0m opened', '0m raised']],
    ['what gets better is not told before it is over', ['critical', 'warning', 'no-data', 'critical'], ['0m opened']],
    ['goes to the next in line when nobody acknowledges', ['critical', '+6m'], ['0m opened', '5m escalation']],
    ['does not when somebody does', ['critical', '+4m', 'ack', '+60m'], ['0m opened', '4m acknowledged']],
    [
      'reminds, less and less',
      ['critical', '+120m'],
      ['0m opened', '5m escalation', '20m reminder', '50m reminder', '110m reminder'],
    ],
    [
      'closes when the metric is back for the quiet time',
      ['warning', 'recovered', '+1m'],
      ['0m opened', '1m recovered'],
    ],
    ['closes at once when nobody watches any more', ['warning', 'unwatched'], ['0m opened', '0m recovered']],
    [
      'what was acknowledged as a warning must be acknowledged anew when it is critical',
      ['warning', 'ack', '+1m', 'critical', '+5m'],
      ['0m opened', '0m acknowledged', '1m raised', '6m escalation'],
    ],
    [
      'a warning that loses its data is told, once, and must be acknowledged anew',
      ['warning', 'ack', '+1m', 'no-data', '+5m', 'warning', 'no-data', '+1m'],
      ['0m opened', '0m acknowledged', '1m raised', '6m escalation'],
    ],
    [
      'so it is when it opens again',
      ['warning', 'no-data', 'recovered', '+1m', 'warning', 'no-data'],
      ['0m opened', '0m raised', '1m recovered', '1m opened', '1m raised'],
    ],
    [
      'who heard of the loss before the warning hears of it once',
      ['no-data', 'warning', 'ack', 'no-data'],
      ['0m opened', '0m raised', '0m acknowledged'],
    ],
    [
      'data that come back critical are worse than both',
      ['warning', 'no-data', 'critical', 'no-data'],
      ['0m opened', '0m raised', '0m raised'],
    ],
    ['the same level again is told to nobody', ['warning', 'ack', '+1m', 'warning'], ['0m opened', '0m acknowledged']],
    [
      'a count that has grown is told, and must be acknowledged anew',
      ['warning', 'ack', '+1m', 'grown warning', '+5m'],
      ['0m opened', '0m acknowledged', '1m raised', '6m escalation'],
    ],
    [
      'a count that has grown says nothing to whom it was critical',
      ['critical', 'ack', '+1m', 'grown warning'],
      ['0m opened', '0m acknowledged'],
    ],
    [
      'what was acknowledged as critical stays so',
      ['critical', 'ack', 'warning', 'critical', '+60m'],
      ['0m opened', '0m acknowledged'],
    ],
    [
      'a metric that comes and goes is told once',
      ['critical', 'recovered', '+0.5m', 'critical', 'recovered', '+0.5m', 'warning', 'recovered', '+0.5m', 'critical'],
      ['0m opened'],
    ],
    [
      'nobody is asked while it may be back',
      ['critical', '+4.5m', 'recovered', '+1m'],
      ['0m opened', '5.5m recovered'],
    ],
    [
      'what was due meanwhile is done when it is not',
      ['critical', '+4.5m', 'recovered', '+0.9m', 'critical', '+0m'],
      ['0m opened', '5.4m escalation'],
    ],
    [
      'opens again when news come while its end is told',
      ['critical', 'recovered', '+1m', 'warning'],
      ['0m opened', '1m recovered', '1m opened'],
    ],
    [
      'recovered is told once',
      ['critical', 'recovered', '+1m', 'recovered', 'recovered', '+5m'],
      ['0m opened', '1m recovered'],
    ],
    [
      'good news that are told again put nothing off',
      ['warning', 'recovered', '+0.6m', 'recovered', '+0.4m'],
      ['0m opened', '1m recovered'],
    ],
    ['is nothing at all when it begins with good news', ['recovered', '+5m'], []],
  ])('%s', (_, events, told) => {
    expect(play(...events).told).toEqual(told);
  });

  it('an acknowledgement is that of the first', () => {
    const { state } = play('critical', 'ack');
    expect(acknowledge(state, 'erin', minute)).toEqual({ state });
  });

  it('an acknowledgement says by whom and when', () => {
    expect(play('critical', '+2m', 'ack').state.acknowledged).toEqual({ by: 'ola', at: 2 * minute });
  });

  it.each([[['critical', 'unwatched']], [['recovered']]])(
    'of what is over (%j) nobody takes care any more',
    (events) => {
      const { state } = play(...events);
      expect(acknowledge(state, 'erin', minute)).toEqual({ state });
    }
  );

  it('reminds and goes to the next in line as the route of each says', () => {
    const often = (): AlertPatience => ({ escalateAfter: 5 * minute, remindEvery: 2 * minute, quiet: minute });
    const alone = (): AlertPatience => ({ remindEvery: 2 * minute, quiet: minute });
    const both = (): AlertPatience => ({ escalateAfter: 2 * minute, remindEvery: 2 * minute, quiet: minute });
    const course = (given: () => AlertPatience, until: number): string[] => {
      let { state } = openAlert(news('critical', 0), given, 0);
      const told: string[] = [];
      for (let at = nextInstant(state); at !== undefined && at <= until; at = nextInstant(state)) {
        const turn = onInstant(state, given, at);
        ({ state } = turn);
        told.push(`${at / minute}m ${turn.tell}`);
      }
      return told;
    };
    expect(course(often, 8 * minute)).toEqual(['2m reminder', '5m escalation', '7m reminder']);
    expect(course(alone, 8 * minute)).toEqual(['2m reminder', '6m reminder']);
    expect(course(both, 4 * minute)).toEqual(['2m escalation', '4m reminder']);
    expect(openAlert(news('critical', 0), alone, 0).state).not.toHaveProperty('escalateAt');
  });

  it('does nothing when nothing is due', () => {
    const { state } = play('critical', 'ack');
    expect(onInstant(state, patience, minute)).toEqual({ state });
  });

  it('is about the latest news that were bad', () => {
    expect(play('warning', 'critical', 'warning', '+1m', 'recovered').state.crossing).toEqual(news('warning', 0));
    expect(play('recovered').state).toMatchObject({ crossing: { level: 'no-data', reason: 'recovered' }, closedAt: 0 });
  });

  it('news that are older than the latest change nothing', () => {
    const { state } = play('warning', '+2m', 'warning');
    expect(hearNews(state, news('critical', minute), patience, 3 * minute)).toEqual({ state });
  });

  it('says that the data are lost while they are, and what is known of it again', () => {
    expect(play('warning', 'no-data').state).toMatchObject({ crossing: { level: 'no-data' }, known: 'warning' });
    expect(play('warning', 'no-data', 'warning').state.crossing.level).toBe('warning');
  });

  it('tells nobody of lost data in histories of earlier builds', () => {
    const { state } = play('warning', 'ack');
    expect(hearNews(state, news('no-data', minute), patience, minute, { tellsLoss: false }).tell).toBeUndefined();
    expect(hearNews(state, news('no-data', minute), patience, minute).tell).toBe('raised');
  });

  it('keeps to the route of the worst until it is closed', () => {
    expect(play('warning').state.route).toBe('warning');
    expect(play('warning', 'critical', 'no-data').state.route).toBe('critical');
    expect(play('critical', 'unwatched', 'no-data').state.route).toBe('warning');
  });
});

describe('whatever the news', () => {
  const level = fc.constantFrom('warning', 'critical', 'no-data', 'recovered');
  const events = fc.array(fc.oneof(level, fc.constantFrom('+0.3m', '+2m', 'ack')), { maxLength: 40 });

  it('a closed alert waits for nothing, and one that is not waits for somebody or for the metric', () => {
    fc.assert(
      fc.property(level, events, (first, rest) => {
        const { state } = play(first, ...rest);
        const waits = nextInstant(state) !== undefined;
        expect(waits).toBe(!isClosed(state) && (state.recoverAt !== undefined || state.acknowledged === undefined));
      })
    );
  });

  it('opened and recovered alternate, and news without a pause are told no more than opened, raised, raised', () => {
    fc.assert(
      fc.property(level, fc.array(level, { maxLength: 60 }), (first, rest) => {
        const kinds = play(first, ...rest).told.map((line) => line.split(' ')[1]);
        expect(kinds.length).toBeLessThanOrEqual(3);
        expect(kinds.filter((kind) => kind === 'opened').length).toBeLessThanOrEqual(1);
      })
    );
    fc.assert(
      fc.property(level, events, (first, rest) => {
        const ends = play(first, ...rest).told.flatMap((line) => /opened|recovered/.exec(line)?.[0] ?? []);
        expect(ends).toEqual(ends.map((_, index) => (index % 2 === 0 ? 'opened' : 'recovered')));
      })
    );
  });

  it('an alert that is told again with what is known stays as it is, but for its facts', () => {
    fc.assert(
      fc.property(fc.constantFrom('warning', 'critical', 'no-data'), fc.integer({ min: 1, max: 50 }), (one, times) => {
        const { state, told } = play(one, ...Array.from({ length: times }, () => one));
        expect(told).toEqual(['0m opened']);
        expect(nextInstant(state)).toBe(5 * minute);
      })
    );
  });
});
