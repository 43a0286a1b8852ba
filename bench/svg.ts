/** Draws line charts as SVG by hand: panels one below the other, readable on light and on dark ground, without colour too. */

export interface Series {
  name: string;
  /** x, y; a missing y is a gap. */
  points: (readonly [number, number | null])[];
}

export interface Panel {
  title: string;
  /** With its unit. */
  yLabel: string;
  series: Series[];
}

export interface Chart {
  title: string;
  subtitle: string;
  xLabel: string;
  x: 'log' | 'linear';
  panels: Panel[];
}

const WIDTH = 760;
const PLOT = { left: 76, right: 24, height: 220, top: 34, bottom: 46 };
const PANEL = PLOT.top + PLOT.height + PLOT.bottom;
const HEAD = 58;
const LEGEND_ROW = 20;
/** A grey and hues of middle lightness: at least 3 : 1 against white and against near-black. */
const INK = '#7d8590';
const HUES = ['#2f81f7', '#d9702b', '#2e9e5b', '#b05ad6', '#c2417c', '#8a8a1c'];
const DASHES = ['', '6 4', '2 4', '10 4 2 4', '1 3', '12 6'];

export function draw(chart: Chart): string {
  const names = [...new Set(chart.panels.flatMap(({ series }) => series.map(({ name }) => name)))];
  const head = HEAD + Math.ceil(names.length / 2) * LEGEND_ROW;
  const height = head + chart.panels.length * PANEL;
  const xs = scaleX(chart);
  const panels = chart.panels.map((panel, at) =>
    drawPanel(panel, names, xs, chart.xLabel, head + at * PANEL),
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escape(chart.title)}" font-family="system-ui, sans-serif" font-size="12" fill="${INK}">
${text(PLOT.left, 24, chart.title, 'font-size="16" font-weight="600"')}
${text(PLOT.left, 43, chart.subtitle)}
${names.map((name, at) => drawLegend(name, at)).join('\n')}
${panels.join('\n')}
</svg>
`;
}

interface Scale {
  at(value: number): number;
  ticks: number[];
}

function scaleX({ panels, x }: Chart): Scale {
  const values = panels.flatMap(({ series }) =>
    series.flatMap(({ points }) => points.map(([value]) => value)),
  );
  const [from, to] = [Math.min(...values), Math.max(...values)];
  const of = x === 'log' ? Math.log10 : (value: number): number => value;
  const span = of(to) - of(from) || 1;
  const width = WIDTH - PLOT.left - PLOT.right;
  const at = (value: number): number => PLOT.left + ((of(value) - of(from)) / span) * width;
  return { at, ticks: x === 'log' ? [...new Set(values)].toSorted((a, b) => a - b) : evenTicks(from, to) };
}

/** From zero: a line that looks flat is flat. */
function scaleY({ series }: Panel, bottom: number): Scale {
  const values = series.flatMap(({ points }) => points.map(([, y]) => y ?? 0));
  const ticks = evenTicks(0, Math.max(...values, 1e-9));
  const top = ticks.at(-1)!;
  return { at: (value) => bottom - (value / top) * PLOT.height, ticks };
}

/** About five round numbers that reach past the last value. */
function evenTicks(from: number, to: number): number[] {
  const rough = (to - from || 1) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((one) => one >= rough)!;
  const first = Math.floor(from / step);
  const count = Math.ceil(to / step - 1e-9) - first;
  return Array.from({ length: count + 1 }, (_, at) => Number(((first + at) * step).toPrecision(12)));
}

function drawPanel(panel: Panel, names: string[], xs: Scale, xLabel: string, top: number): string {
  const [upper, bottom] = [top + PLOT.top, top + PLOT.top + PLOT.height];
  const right = WIDTH - PLOT.right;
  const ys = scaleY(panel, bottom);
  const rows = ys.ticks.map((tick) => {
    const y = fixed(ys.at(tick));
    const line = `<line x1="${PLOT.left}" x2="${right}" y1="${y}" y2="${y}" stroke="${INK}" stroke-opacity="0.25"/>`;
    return line + text(PLOT.left - 8, Number(y) + 4, short(tick), 'text-anchor="end"');
  });
  const columns = xs.ticks
    .filter((tick) => xs.at(tick) <= right + 1)
    .map((tick) => text(xs.at(tick), bottom + 18, short(tick), 'text-anchor="middle"'));
  const lines = panel.series.map((series) => drawSeries(series, names.indexOf(series.name), xs, ys));
  const middle = (upper + bottom) / 2;
  return [
    text(PLOT.left, top + 20, panel.title, 'font-size="13" font-weight="600"'),
    ...rows,
    ...columns,
    text((PLOT.left + right) / 2, bottom + 36, xLabel, 'text-anchor="middle"'),
    text(18, middle, panel.yLabel, `text-anchor="middle" transform="rotate(-90 18 ${middle})"`),
    ...lines,
  ].join('\n');
}

function drawSeries({ name, points }: Series, at: number, xs: Scale, ys: Scale): string {
  const known = points.filter((point): point is readonly [number, number] => point[1] !== null);
  const place = ([x, y]: readonly [number, number]): string => `${fixed(xs.at(x))},${fixed(ys.at(y))}`;
  const marks =
    known.length > 60 ? [] : known.map((point) => mark(xs.at(point[0]), ys.at(point[1]), at, name, point));
  return `<polyline points="${known.map(place).join(' ')}" fill="none" ${stroke(at)}/>${marks.join('')}`;
}

function stroke(at: number): string {
  const dash = DASHES[at % DASHES.length]!;
  return `stroke="${HUES[at % HUES.length]}" stroke-width="2"${dash && ` stroke-dasharray="${dash}"`}`;
}

/** The value itself is shown where the pointer rests. */
function mark(x: number, y: number, at: number, name: string, [, value]: readonly [number, number]): string {
  const title = `<title>${escape(name)}: ${value}</title>`;
  return `<circle cx="${fixed(x)}" cy="${fixed(y)}" r="3.5" fill="${HUES[at % HUES.length]}">${title}</circle>`;
}

function drawLegend(name: string, at: number): string {
  const x = PLOT.left + (at % 2) * 330;
  const y = HEAD + Math.floor(at / 2) * LEGEND_ROW + 6;
  return `<line x1="${x}" x2="${x + 34}" y1="${y}" y2="${y}" ${stroke(at)}/>${text(x + 42, y + 4, name)}`;
}

function text(x: number, y: number, content: string, more = ''): string {
  return `<text x="${fixed(x)}" y="${fixed(y)}"${more && ` ${more}`}>${escape(content)}</text>`;
}

const fixed = (value: number): string => String(Math.round(value * 10) / 10);

function short(value: number): string {
  if (value >= 1e6) return `${value / 1e6}M`;
  return value >= 1e3 ? `${value / 1e3}k` : String(value);
}

function escape(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
