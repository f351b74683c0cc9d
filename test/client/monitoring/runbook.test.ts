import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { bare, shipped, watchedOver } from './plans.js';
import { rendered } from './rendered.js';
import { processIo } from '../../../src/client/cli/io.js';
import { buildProgram } from '../../../src/client/cli/program.js';
import type { FrozenPlan } from '../../../src/plan/model.js';

async function runbooks(plan: FrozenPlan): Promise<{ md: string; html: string }> {
  const { files } = await rendered(plan);
  return { md: files.get('runbook.md') ?? '', html: files.get('runbook.html') ?? '' };
}

/** Without escapes, so that words can be compared. */
const plain = (text: string): string => text.replaceAll('\\', '');
const unescaped = (text: string): string =>
  text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&#39;', "'")
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&');

describe('the runbook', () => {
  it('has every phase, step, checklist item and gate of the plan, in Markdown and as a page', async () => {
    const frozen = await shipped();
    const { md, html } = await runbooks(frozen);
    for (const { id, title, steps, before } of frozen.plan.phases) {
      for (const words of [`${id}: ${title}`, ...[...steps, ...before].map((step) => step.title)]) {
        expect(plain(md)).toContain(words);
        expect(unescaped(html)).toContain(words);
      }
    }
    expect(plain(md)).toContain('1 of engineering-lead (erin, enzo)');
  });

  it('has every alerting metric with its thresholds, where the alerts say it is', async () => {
    const frozen = await shipped();
    const { md, html } = await runbooks(frozen);
    const alerting = Object.values(frozen.plan.metrics).filter(({ warning, critical }) => warning ?? critical);
    expect(alerting).toHaveLength(10);
    for (const { name, critical, impact = '' } of alerting) {
      expect(html).toContain(`id="metric-${name}"`);
      expect(md).toContain(`<a id="metric-${name}"></a>`);
      expect(unescaped(html)).toContain(critical?.text);
      expect(unescaped(html)).toContain(impact);
    }
  });

  it('says what to type when something breaks: verbs that the command line has, with this run', async () => {
    const { md } = await runbooks(await watchedOver());
    const program = buildProgram(processIo(), () => undefined);
    const verbs = program.commands
      .find((command) => command.name() === 'incident')
      ?.commands.map((verb) => verb.name());
    const typed = [...md.matchAll(/^phasegate incident (\S+) .*$/gm)];
    expect(typed.map(([, verb]) => verb)).toEqual(expect.arrayContaining(['declare', 'ack', 'resolve', 'postmortem']));
    for (const [line, verb] of typed) {
      expect(verbs).toContain(verb);
      expect(line).toMatch(/ [a-z-]+\/[a-z-]+( --|$)/);
    }
    const run = 'example-production/user-execution-context';
    const component = `phasegate rollback ${run} --phase PHASE --reason "why" --as NAME`;
    // Where the way back is told, and at the incident that holds the run.
    expect(md.split('\n').filter((line) => line === component)).toHaveLength(2);
    expect(md).toContain(`declare ${run} --cause CAUSE --customer --reason "what is wrong" --as NAME`);
    expect(md).toContain(`declare ${run} --severity SEVERITY --customer --reason "what is wrong" --as NAME`);
  });

  it('names --phase in the words of the way back, and at no incident where no severity leaves the choice', async () => {
    const { md } = await runbooks(await bare());
    expect(plain(md)).toContain('with --phase PHASE a person takes back only the phase under way');
    expect(md.match(/--phase PHASE --reason/g)).toHaveLength(1);
  });

  it('names whatever is to be typed by its id, and says who and where in each section', async () => {
    const frozen = await watchedOver();
    const { md, html } = await runbooks(frozen);
    const { phases, incidents } = frozen.plan;
    for (const { id, steps, before } of phases)
      for (const step of [...steps, ...before]) expect(plain(md)).toContain(`${id}/${step.id}`);
    const { roles = [], procedure = [] } = incidents?.warRoom ?? {};
    expect(roles.length).toBeGreaterThan(0);
    for (const { id, title } of roles) expect(plain(md)).toMatch(new RegExp(`\\| ${id} +\\| ${title} +\\|`));
    for (const { id, title } of procedure) expect(unescaped(html)).toContain(`${id}: ${title}`);
    const says = /^phasegate (?!plan|status|watch|list|report|doctor|dashboard|alert list|incident (list|show|draft))/;
    const blocks = [...md.matchAll(/^```\n([^`]*)\n```$/gm)].flatMap(([, block = '']) =>
      block.includes('phasegate ') ? [block.split('\n')] : []
    );
    expect(blocks.length).toBeGreaterThan(4);
    for (const [first, ...lines] of blocks) {
      expect(first).toBe('export TEMPORAL_ADDRESS=HOST:PORT');
      for (const line of lines) if (says.test(line)) expect(line).toMatch(/ --as NAME\b/);
    }
  });

  it('has routes, templates with their links, severities, war room and post-mortem, where the plan has them', async () => {
    const { md, html } = await runbooks(await watchedOver());
    for (const words of [
      'pagerduty, slack_ops, email_exec',
      'engineering-team (engineering@example.com), devops-team (no address)',
      'Users affected: {{affected_users}}',
      'https://docs.example.com/runbooks/user-isolation-violation',
      'Severity 1: Critical',
      'At once it goes to cto (carlos@example.com), ceo (chen@company.com)',
      'User isolation violations (user_isolation_violations is critical); the users that are affected are to be told (step notify-users)',
      'Security breach related to the migration (declared by a person: --cause breach)',
      'Much slower (response_time_p95 is more than 50 % above its baseline); the component of phase 1a, once that has begun',
      'Initiate emergency rollback',
      'Incident commander',
      'Assess impact',
      'several incidents of severity 2',
      'A post-mortem is due within',
    ]) {
      expect(plain(md)).toContain(words);
      expect(unescaped(html)).toContain(words);
    }
  });

  it('says so where the plan has none of it', async () => {
    const { md } = await runbooks(await bare());
    expect(plain(md)).toContain('The plan routes no alerts: the channels of example-production are told');
    expect(plain(md)).toContain('The plan has no rules for incidents');
  });

  it('can be printed and opened anywhere: nothing is loaded, no script runs, whatever a title says', async () => {
    const frozen = await watchedOver();
    const hostile = '<script>alert(1)</script> | `x` "y"';
    const { md, html } = await runbooks({ ...frozen, plan: { ...frozen.plan, title: hostile, description: hostile } });
    expect(html).not.toMatch(/<script|src=|href="https?:(?!\/\/docs\.example\.com)|@import|url\(/);
    expect(unescaped(html)).toContain("default-src 'none'");
    expect(html).toContain('@media print');
    expect(md).not.toContain('<script>');
  });

  it('has the commands to type for this run', async () => {
    const { md } = await runbooks(await shipped());
    expect(md).toContain('phasegate rollback example-production/user-execution-context --reason "why"');
    expect(md).toContain('--var revision=v1');
  });

  it('gives a variable as the shell that it is pasted into hands it over, whatever is in it', async () => {
    const value = 'v1 $HOME `id` $(id) "q" it\'s \\ !';
    const { md } = await runbooks({ ...(await shipped()), vars: { revision: value } });
    const start = md.split('\n').find((line) => line.startsWith('phasegate start PLAN')) ?? '';
    const shown = execFileSync('sh', ['-c', `phasegate() { printf '%s\\n' "$@"; }\n${start}`], { encoding: 'utf8' });
    expect(shown.split('\n')).toContain(`revision=${value}`);
  });
});

it('the same plan gives the same bytes', async () => {
  const [one, two] = [await rendered(await watchedOver()), await rendered(await watchedOver())];
  expect([...one.files]).toEqual([...two.files]);
});
