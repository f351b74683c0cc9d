/** The only place that knows Grafana's SDK; what is shown is said in {@link Dashboard}. */
import type * as cog from '@grafana/grafana-foundation-sdk/cog';
import {
  BigValueColorMode,
  BigValueGraphMode,
  BigValueTextMode,
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  VizLegendOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import {
  AnnotationQueryBuilder,
  DashboardBuilder,
  DashboardCursorSync,
  DatasourceVariableBuilder,
  FieldColorBuilder,
  FieldColorModeId,
  MappingType,
  RowBuilder,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  type GridPos,
  type Panel as GrafanaPanel,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as StateTimelineBuilder } from '@grafana/grafana-foundation-sdk/statetimeline';
import { PanelBuilder as TextBuilder, TextMode } from '@grafana/grafana-foundation-sdk/text';
import { PanelBuilder as TimeseriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import * as units from '@grafana/grafana-foundation-sdk/units';
import { coloursOf } from './colours.js';
import type { Dashboard, Panel, Query } from './model.js';

/** Chosen when the dashboard is opened: nobody here knows how it is called there. */
const source = { type: 'prometheus', uid: '${source}' };
const heights: Record<Panel['kind'], number> = { now: 4, trend: 8, states: 8, text: 4 };
const unitNames: Record<Extract<Panel, { unit: unknown }>['unit'], string> = {
  ratio: units.PercentUnit,
  seconds: units.Seconds,
  bytes: units.BytesSI,
  count: units.Short,
  dollars: units.Dollars,
  instant: units.DateTimeFromNow,
};

/** The dashboard as Grafana imports it, JSON. */
export function drawDashboard({ uid, title, description, sections, phases }: Dashboard): string {
  const builder = new DashboardBuilder(title)
    .uid(uid)
    .description(description)
    .tags(['phasegate'])
    .timezone('browser')
    .refresh('30s')
    .time({ from: 'now-6h', to: 'now' })
    .tooltip(DashboardCursorSync.Crosshair)
    .editable()
    .withVariable(new DatasourceVariableBuilder('source').label('Prometheus').type('prometheus'))
    .annotation(phaseMarks(phases));
  let y = 0;
  let id = 1;
  for (const section of sections) {
    builder.withRow(new RowBuilder(section.title).id(id++).gridPos({ x: 0, y, w: 24, h: 1 }));
    y += 1;
    let x = 0;
    let height = 0;
    for (const panel of section.panels) {
      if (x + panel.width > 24) {
        [x, y, height] = [0, y + height, 0];
      }
      builder.withPanel(draw(panel, id++, { x, y, w: panel.width, h: heights[panel.kind] }));
      x += panel.width;
      height = Math.max(height, heights[panel.kind]);
    }
    y += height;
  }
  return `${JSON.stringify(builder.build(), null, 2)}\n`;
}

function phaseMarks({ expr, legend }: Query): AnnotationQueryBuilder {
  return new AnnotationQueryBuilder()
    .name('Phases')
    .datasource(source)
    .enable(true)
    .iconColor('purple')
    .expr(expr)
    .step('60s')
    .titleFormat(legend)
    .useValueForTime(true);
}

function draw(panel: Panel, id: number, place: GridPos): cog.Builder<GrafanaPanel> {
  switch (panel.kind) {
    case 'text':
      return placed(new TextBuilder().mode(TextMode.Markdown).content(panel.text), panel, id, place);
    case 'now':
      return placed(withData(now(panel), panel, true), panel, id, place);
    case 'trend':
      return placed(withData(trend(panel), panel, false), panel, id, place);
    case 'states':
      return placed(withData(bands(panel), panel, false), panel, id, place);
  }
}

type Drawn = Extract<Panel, { queries: unknown }>;
type Builder = StatBuilder | TimeseriesBuilder | StateTimelineBuilder | TextBuilder;

function placed(
  builder: Builder,
  { title, description }: Panel,
  id: number,
  place: GridPos
): cog.Builder<GrafanaPanel> {
  return builder.title(title).description(description).id(id).gridPos(place);
}

function withData<B extends Exclude<Builder, TextBuilder>>(builder: B, panel: Drawn, instant: boolean): B {
  builder.datasource(source).unit(unitNames[panel.unit]).noValue('no data');
  const { words } = panel;
  if (words) {
    const options = Object.fromEntries(
      Object.entries(words).map(([value, { text, colour }], index) => [value, { text, color: colour, index }])
    );
    builder.mappings([{ type: MappingType.ValueToText, options }]);
  }
  panel.queries.forEach(({ expr, legend }, index) => {
    const query = new DataqueryBuilder().datasource(source).expr(expr).legendFormat(legend);
    query.refId(String.fromCodePoint(65 + index));
    builder.withTarget(instant ? query.instant() : query.range());
  });
  return builder;
}

/** An instant query: the last value of a series that ended would look like a present one. */
function now({ levels = {} }: Drawn): StatBuilder {
  return new StatBuilder()
    .thresholds(thresholds(levels))
    .colorMode(BigValueColorMode.BackgroundSolid)
    .graphMode(BigValueGraphMode.None)
    .textMode(BigValueTextMode.Auto)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false));
}

function trend({ levels = {} }: Drawn): TimeseriesBuilder {
  const drawn = Object.keys(levels).length > 0 ? GraphThresholdsStyleMode.LineAndArea : GraphThresholdsStyleMode.Off;
  return new TimeseriesBuilder()
    .thresholds(thresholds(levels))
    .thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(drawn))
    .lineWidth(2)
    .legend(legend());
}

function bands(_panel: Drawn): StateTimelineBuilder {
  return new StateTimelineBuilder()
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.PaletteClassicByName))
    .legend(legend());
}

function legend(): VizLegendOptionsBuilder {
  return new VizLegendOptionsBuilder()
    .displayMode(LegendDisplayMode.List)
    .placement(LegendPlacement.Bottom)
    .showLegend(true);
}

function thresholds(levels: NonNullable<Drawn['levels']>): ThresholdsConfigBuilder {
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(coloursOf(levels));
}
