/** A row in canonical form: the same characters for the same values, whichever body holds them. */
import type { Column } from './tables.ts';

export type Cell = null | boolean | number | string | Uint8Array;

/** SQLite has no booleans. */
export function cellOf({ type }: Column, value: Cell): Cell {
  return type === 'boolean' && value !== null ? value === 1 || value === true : value;
}

/** Each value with its kind and length: no two rows look alike. */
export function canonical(columns: Column[], row: Record<string, Cell>): string {
  return columns.map((column) => canonicalCell(cellOf(column, row[column.name] ?? null))).join('\n');
}

function canonicalCell(cell: Cell): string {
  if (cell === null) return '-';
  if (typeof cell === 'string') return `t${cell.length}:${cell}`;
  if (typeof cell === 'object') {
    return `b${cell.length}:${Buffer.from(cell.buffer, cell.byteOffset, cell.length).toString('base64')}`;
  }
  return typeof cell === 'boolean' ? `o${cell ? 1 : 0}` : `i${cell}`;
}
