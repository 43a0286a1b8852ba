/** Markdown as the generated pages write it: headings and tables, values that cannot break out of a cell. */

/** A table, or a word when there is nothing to show. */
export function table(heading: string[], rows: string[][]): string {
  const cells = [heading, ...rows].map((row) => row.map(cell));
  const widths = heading.map((_, column) => Math.max(3, ...cells.map((row) => (row[column] ?? '').length)));
  const line = (row: string[]): string =>
    `| ${widths.map((width, column) => (row[column] ?? '').padEnd(width)).join(' | ')} |`;
  const [first = [], ...rest] = cells;
  return [line(first), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...rest.map(line)].join(
    '\n',
  );
}

function cell(text: string): string {
  return text
    .replaceAll(/\s*\n\s*/g, ' ')
    .replaceAll('|', '\\|')
    .trim();
}

export function page(parts: (string | null)[]): string {
  return `${parts.filter((one) => one !== null && one !== '').join('\n\n')}\n`;
}

export const MADE = '<!-- Made by `npx jembatan adapter docs`. Change the adapter, not this page. -->';
