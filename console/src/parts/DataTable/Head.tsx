import { useTranslation } from 'react-i18next';
import type { Column } from './column';

type Props<Row> = {
  columns: readonly Column<Row>[];
  by: string;
  desc: boolean;
  onSort: (id: string) => void;
  marks?: { all: boolean; onAll: () => void };
};

/** The head of a table: names of columns, and how it is sorted. */
export function Head<Row>({ columns, by, desc, onSort, marks }: Props<Row>) {
  const { t } = useTranslation();
  return (
    <div role="row" className="table-head">
      {marks && (
        <span role="columnheader" className="table-mark">
          <input type="checkbox" checked={marks.all} onChange={marks.onAll} aria-label={t('common.selectAll')} />
        </span>
      )}
      {columns.map((column) => (
        <span
          key={column.id}
          role="columnheader"
          className={column.right ? 'right' : ''}
          aria-sort={by === column.id ? (desc ? 'descending' : 'ascending') : undefined}
        >
          {column.sort ? (
            <button
              type="button"
              className="table-sort"
              title={t('common.sort', { name: column.header })}
              onClick={() => onSort(column.id)}
            >
              {column.head ?? column.header}
              {by === column.id && <i aria-hidden>{desc ? '▾' : '▴'}</i>}
            </button>
          ) : (
            <>{column.head ?? column.header}</>
          )}
        </span>
      ))}
    </div>
  );
}
