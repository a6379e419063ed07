import {
  createSortedRowModel,
  rowSortingFeature,
  tableFeatures,
  useTable,
  type ColumnDef,
} from '@tanstack/react-table';
import { useMemo } from 'react';
import { useAddress } from '~/lib/address';
import type { Column } from './column';

const features = tableFeatures({ rowSortingFeature, sortedRowModel: createSortedRowModel() });

function compare(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return String(a).localeCompare(String(b), 'ja', { numeric: true });
}

/** Sorts rows as the address bar says: sort=name up, sort=-name down, without it in the order of the server. */
export function useSorted<Row extends object>(rows: readonly Row[], columns: readonly Column<Row>[], name: string) {
  const address = useAddress();
  const said = address.get(name);
  const desc = said.startsWith('-');
  const by = said.replace(/^-/, '');
  const valid = columns.some((column) => column.id === by && column.sort);
  const defs = useMemo(
    () =>
      columns.flatMap(({ id, sort }): ColumnDef<typeof features, Row>[] =>
        sort
          ? [{ id, accessorFn: sort, sortFn: (a, b, column) => compare(a.getValue(column), b.getValue(column)) }]
          : [],
      ),
    [columns],
  );
  const data = useMemo(() => [...rows], [rows]);
  const sorting = useMemo(() => (valid ? [{ id: by, desc }] : []), [valid, by, desc]);
  const table = useTable({ features, columns: defs, data, state: { sorting } });
  const toggle = (id: string) => {
    const next = by !== id ? `-${id}` : desc ? id : null;
    address.set({ [name]: next });
  };
  return {
    rows: table.getRowModel().rows.map((row) => row.original),
    by: valid ? by : '',
    desc,
    toggle,
  };
}
