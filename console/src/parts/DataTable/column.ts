import type { ReactNode } from 'react';

/** A column of a table: how wide (pixels, or a share of what is left), what it shows, and by what it can be sorted. */
export type Column<Row> = {
  id: string;
  header: string;
  /** Pixels; a column without width shares what is left. */
  width?: number;
  /** Right-aligned: figures and ages. */
  right?: boolean;
  cell: (row: Row) => ReactNode;
  /** The value by which the column sorts; a column without it cannot be sorted. */
  sort?: (row: Row) => string | number;
  /** Left out on screens narrower than this many pixels. */
  from?: number;
  /** Drawn in the head in place of the header's text; the text stays its name. */
  head?: ReactNode;
};

/** The grid template of a set of columns. */
export function template<Row>(columns: readonly Column<Row>[], marks: boolean): string {
  const widths = columns.map((column) => (column.width === undefined ? 'minmax(0, 1fr)' : `${column.width}px`));
  return [...(marks ? ['26px'] : []), ...widths].join(' ');
}

/** What a row belongs to, for the line above the first row of each group. */
export type Group = { id: string; label: ReactNode };

/** A line of the table: the head of a group, or a row. */
export type Line<Row> = { group: Group; count: number } | { row: Row; key: string };

/** Puts the head of its group before the first row of each. */
export function lines<Row>(
  rows: readonly Row[],
  keyOf: (row: Row) => string,
  groupOf?: (row: Row) => Group,
): Line<Row>[] {
  const out: Line<Row>[] = [];
  let head: { group: Group; count: number } | undefined;
  for (const row of rows) {
    const group = groupOf?.(row);
    if (group && head?.group.id !== group.id) {
      head = { group, count: 0 };
      out.push(head);
    }
    if (head) head.count++;
    out.push({ row, key: keyOf(row) });
  }
  return out;
}

/** The key of the row that is a step away from another; the first row when there is none yet. */
export function stepFrom<Row>(all: readonly Line<Row>[], from: string, step: 1 | -1): string {
  const keys = all.flatMap((line) => ('row' in line ? [line.key] : []));
  const at = keys.indexOf(from);
  if (at < 0) return keys[0] ?? '';
  return keys[Math.min(keys.length - 1, Math.max(0, at + step))] ?? '';
}
