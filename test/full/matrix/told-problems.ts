import type { TellInput } from '../../../src/activities/contract.js';
import { alertWorkflowId } from '../../../src/plan/names.js';
import type { Stage } from '../../support/stage/stage.js';
import { channels } from './cell-plan.js';
import { slow } from './cells.js';
import { toldKind } from './episode.js';
import type { Fault } from './faults.js';
import type { Played } from './play.js';

const withinMs = 60_000;

/** After these another attempt tells again what was told. */
const repeated: ReadonlySet<Fault> = new Set(['fails after its effect', 'its reply is lost', 'runs twice']);

/** What is wrong with what the channels heard of a metric that got worse and worse, until the run was over. */
export async function toldProblems(stage: Stage, played: Played): Promise<string[]> {
  const { episode, run, cell, world } = played;
  if (!episode) return [];
  if (episode.problem !== undefined) return [episode.problem];
  const alert = stage.handleOf(alertWorkflowId(run.workflowId, 'latency'));
  // The guard told it at its end that nobody watches any more; of one that was ended before, it must know what that had come to.
  const isLost = cell.activity === 'readHandover' && !slow.has(cell.fault);
  if (!isLost)
    await stage.until('the alert to end', async () => (await alert.describe()).status.name === 'COMPLETED', withinMs);
  const isFinal = cell.activity === 'tellChannel' && !slow.has(cell.fault);
  const stories = channels.map((name) => [name, storyOf(world.told, name)] as const);
  const wrong = stories.flatMap(([name, story]) => {
    const heard = story.filter((kind) => kind !== 'channel-down').join(', ');
    const whole = [isLost ? 'opened, raised' : 'opened, raised, recovered'];
    // The one that did not take it: the other hears of that.
    const isDown = isFinal && !story.includes('channel-down');
    if (isDown && cell.fault === 'fails before its effect') whole.push('raised, recovered');
    return whole.includes(heard) ? [] : [`${name} heard: ${heard}`];
  });
  const reports = stories.filter(([, story]) => story.includes('channel-down'));
  if (reports.length !== (isFinal ? 1 : 0)) wrong.push(`${reports.length} channels heard that the other is down`);
  return [...wrong, ...sameProblems(played), ...blindProblems(played)];
}

/** What one channel heard of the metric, each message once. */
function storyOf(told: readonly TellInput[], name: string): string[] {
  const own = told.filter(({ channel }) => channel.name === name).map(({ notification }) => notification);
  const messages = new Map(own.map((notification) => [notification.dedupKey, toldKind(notification)]));
  return [...messages.values()].filter((kind) => kind !== undefined);
}

/** Only an attempt that is repeated tells something again, and then the same. */
function sameProblems({ world, cell }: Played): string[] {
  const keyOf = ({ channel, notification }: TellInput): string => `${channel.name} ${notification.dedupKey}`;
  const keys = [...new Set(world.told.map(keyOf))];
  const messages = keys.map((key) => [key, world.told.filter((one) => keyOf(one) === key)] as const);
  const mayRepeat = cell.activity === 'tellChannel' && repeated.has(cell.fault);
  return messages.flatMap(([key, tellings]) => {
    if (tellings.length > 1 && !mayRepeat) return [`told ${tellings.length} times: ${key}`];
    return new Set(tellings.map((one) => JSON.stringify(one))).size === 1 ? [] : [`told in other words: ${key}`];
  });
}

/** That nobody watched is told, unless another attempt did. */
function blindProblems({ world, cell }: Played): string[] {
  const blind = world.told.some(({ notification }) => notification.dedupKey.includes('/alert/guard#'));
  const mustBe = cell.activity === 'watchMetrics' && !slow.has(cell.fault);
  return blind === mustBe ? [] : [mustBe ? 'nobody heard that nobody watched' : 'people heard that nobody watched'];
}
