/** The head of the reference: the values and rules that no table of keys can show. */
export const referenceIntroduction = `# Plan and environment reference

Two YAML documents make a run. The plan says what is to happen and is the same everywhere; the environment says where:
flag system, metrics source, deploy targets, people and channels. \`phasegate validate PLAN --env ENVIRONMENT\` shows all
faults of both at once. This page is generated from the schemas that editors use: begin a file with

\`\`\`yaml
# yaml-language-server: $schema=../schema/plan.schema.json
phasegate: plan/v1
\`\`\`

## Values

**Durations** carry their units, large ones first: \`30s\`, \`10m\`, \`1h30m\`, \`48h\`, \`7d\`, \`500ms\`, or ISO 8601 \`PT10M\`.
Bare numbers, signs and fractions are refused.

**Thresholds** are an operator (\`<\`, \`<=\`, \`>\`, \`>=\`, \`==\`) and a value in the unit of the metric: ratios \`95%\`, seconds
\`2s\` or \`100ms\`, bytes \`10MB\` (decimal) or \`16MiB\` (binary), counts \`1000\`. \`0\` needs no unit. A threshold that begins
with \`>\` needs quotes in YAML: \`target: '> 95%'\`.

**Criteria** are \`METRIC > 95% for 30m\`, \`METRIC within 20% of baseline\` or \`METRIC no more than 5% above baseline\` (or
\`below\`). Without \`for\` a criterion takes the length of its window. \`== 0\` judges the increase since the first change of
the phase, and one breach is FAIL; the long form changes both:
\`{ criterion: queue_length == 0, on-breach: restart, increase: false }\`. A criterion against the baseline
compares values, and takes no \`increase\`.

**Counters**: the environment binds what \`== 0\`, \`increase\` and \`min-traffic\` count, in windows and in what the guard
watches, with \`counter: errors_total\`, so that each series is followed by itself through restarts. A query over a sum sees
a restart of one pod as a fall of all; that is a warning. A metrics page read as \`endpoint\` has this limit always: give
it one sample of one process.

**Templates** fill in one value, never YAML: \`{{vars.NAME}}\` in both documents, \`{{env.services.NAME}}\` in the plan,
\`{{revision}}\` in the commands of a deploy target, \`{{range}}\` and \`{{elapsed}}\` in a query (written with their unit, \`5s\`).
What has no value is a fault. A value that becomes a whole argument of a command may not begin with \`-\`, and the program
itself is never a template.

**Secrets** are references, \`\${env:NAME}\` or \`\${file:path}\`, with at most a scheme before them (\`Bearer \${env:TOKEN}\`). The
worker resolves them at the last moment. A token, password or authorization in the clear is a fault.

**YAML** is read strictly: one document of at most 256 KiB, version 1.2, without anchors, aliases, tags and merge keys.

**Reserved**: \`dashboards\` at the top of a plan comes later and is refused until then.

## Schedule

\`schedule\` of a phase says when it may start: \`days\` of a \`week\` of the run, \`hours\` of the day, \`weekdays\`. \`schedule\` at
the top of the plan says what holds for every phase that does not say otherwise; \`hours: 00:00-24:00\` and \`weekdays: mon-sun\`
take it back. In \`blackouts\`, of the plan and of the environment, no phase starts. A phase waits for the next instant that
suits all of them, and whenever something took long, a check, a HOLD, a pause, they are asked again before the first
change. Where no such instant is left on its days, it is a HOLD, which a waiver passes.

Day 1 of week 1 is the calendar day on which the checklists were closed, or else that of the start. Days, hours and
blackouts are those of wall clocks in \`time-zone\`, by default that of the environment. What a clock change leaves out begins at
the end of the gap; of what it repeats the first counts. Hours over midnight belong to the weekday on which they begin.

Behind its first change a phase is finished, whatever the hour. Where it should not be, \`on-freeze\` says what a blackout that
begins then leads to, and \`on-hours-end\` what the end of the hours does: \`hold\` asks people before the next step, a window
that runs is finished first; \`retreat\` takes the phase back at once, until it is done.

\`valid-for\` of an item under \`before\` keeps it fresh: one that is older when the first change comes is looked at, or asked
for, again.

## Guard, alerts and incidents

From the first flag to the end of the validation the **guard** watches every metric with a \`warning\` or \`critical\` threshold, in
every plan that has one; \`guard\` says how often, and after how many samples in a row something counts. A red metric that is
critical takes everything back, so the environment must say how it is read; another one that it does not read is a warning, and
is not watched.

**Alerts** go by \`routes\`: to channels of the environment, for roles and groups. A role is told at its address under \`contacts\`, or else
at those of its people; a group, which is no person's role, at its address under \`contacts\`. Without \`alerts\` they go to \`notify\`. In
the words of a template \`{{name}}\` is a fact that phasegate knows or a \`context\` query that the environment binds to the metric.
What has no value prints "unknown" and stops no page; \`phasegate plan\` says before the start which that are.

**Incidents** have severity 1 to 3. A cause says what makes one. With \`when\` it opens by itself, as soon as enough samples in a row
say so; without, a person declares it. \`when\` is one of

- \`METRIC is critical\` or \`METRIC is warning\`: it has crossed that threshold of its own, or gone beyond it;
- \`METRIC < 50%\`: a bound of the cause's own, in the unit of the metric;
- \`METRIC more than 50% above baseline\`, \`METRIC more than 20% and at most 50% above baseline\`: a time that is so much longer than before the
  first change of the run.

Of a severity with \`reach: component\` people are asked about one phase: the \`phase\` of the cause once that has begun, or else the newest
phase that has begun and judges the metric. Name it where an earlier phase judges the metric too, or alone: events that are lost after 1D are
the fault of 1D, though only 1A asked for them. Who declares an incident, and an alert of another system, may name another one.

## Compressed time

\`compress\` in a demo or test environment divides windows, holds, warm-ups, deadlines, soaks, reminders and escalations by its
\`scale\`. Samples stay at least 1s apart, a window keeps 10 of them (a traffic hold 3), and deadlines of people stay at least
\`people-minimum\`. \`cap\` cuts soaks, stable checks and schedule waits. Timeouts, the lag of a source, \`{{range}}\` and
\`valid-for\` do not shrink. The days of a schedule begin but do not end, since people take as long as they take; hours, weekdays and blackouts
say nothing, since a minute that stands for hours has no night. An environment of kind \`production\` refuses it.`;
