import { useVirtualizer } from '@tanstack/react-virtual';
import { useCallback, useEffect, useMemo, useRef, type CSSProperties, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useKeys } from '~/lib/keyboard';
import { useWidth } from '~/lib/width';
import { Failure, Skeleton } from '../States';
import { lines, stepFrom, template, type Column, type Group } from './column';
import { Head } from './Head';
import { Row } from './Row';
import { useSorted } from './useSorted';
import './table.css';

const rowHeight = 30;
const groupHeight = 24;

export type { Column, Group } from './column';

type Props<R> = {
  label: string;
  /** Undefined while the rows are on their way. */
  rows: readonly R[] | undefined;
  columns: readonly Column<R>[];
  keyOf: (row: R) => string;
  error?: Error | null;
  retry?: () => void;
  /** What stands there when there are no rows: says what to do next. */
  empty: ReactNode;
  /** The row under the cursor. */
  selected?: string;
  onSelect?: (id: string) => void;
  onOpen?: (row: R) => void;
  /** Rows chosen for something to be done with all of them. */
  marked?: ReadonlySet<string>;
  onMark?: (marked: ReadonlySet<string>) => void;
  groupOf?: (row: R) => Group;
  classOf?: (row: R) => string;
  /** Told the order of the rows as they stand on the screen. */
  onOrder?: (keys: readonly string[]) => void;
  /** More rows than were read. */
  more?: { has: boolean; busy: boolean; load: () => void };
  /** Parameter of the address bar that holds the sorting. */
  sortName?: string;
  /** Whether j, k, enter and x are this table's; of several tables on a page one has them. */
  keys?: boolean;
};

const nobody: ReadonlySet<string> = new Set();

/** Every table of the console: loading, empty, error, selection, sorting, paging and keyboard. Only the rows in sight are drawn. */
export function DataTable<R extends object>(props: Props<R>) {
  const { rows, error } = props;
  const { t } = useTranslation();
  if (rows === undefined || (error && rows.length === 0)) {
    return error ? <Failure error={error} retry={props.retry} /> : <Skeleton />;
  }
  if (rows.length === 0) return <>{props.empty}</>;
  return (
    <>
      {error && (
        <div className="table-error" role="alert">
          {t('failure.title')}
          <button type="button" className="button" onClick={props.retry}>
            {t('common.retry')}
          </button>
        </div>
      )}
      <Grid {...props} rows={rows} />
    </>
  );
}

function Grid<R extends object>(props: Props<R> & { rows: readonly R[] }) {
  const { t } = useTranslation();
  const { keyOf, groupOf, selected = '', onSelect, onOpen, marked, onMark, more, sortName = 'sort' } = props;
  const width = useWidth();
  const columns = useMemo(() => props.columns.filter((column) => (column.from ?? 0) <= width), [props.columns, width]);
  const sorted = useSorted(props.rows, columns, sortName);
  const all = lines(sorted.rows, keyOf, sorted.by ? undefined : groupOf);
  const body = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: all.length,
    getScrollElement: () => body.current,
    estimateSize: (i) => (all[i] && 'group' in all[i] ? groupHeight : rowHeight),
    overscan: 12,
    initialRect: { width: 800, height: 800 },
  });

  const go = (id: string) => {
    if (!id) return;
    onSelect?.(id);
    const at = all.findIndex((line) => 'row' in line && line.key === id);
    if (at >= 0) virtual.scrollToIndex(at);
  };
  const mark = useCallback(
    (id: string) => {
      const next = new Set(marked);
      if (!next.delete(id)) next.add(id);
      onMark?.(next);
    },
    [marked, onMark],
  );
  const open = () => {
    const row = sorted.rows.find((each) => keyOf(each) === selected);
    if (row) onOpen?.(row);
  };
  useKeys(
    {
      j: () => go(stepFrom(all, selected, 1)),
      k: () => go(stepFrom(all, selected, -1)),
      ArrowDown: () => go(stepFrom(all, selected, 1)),
      ArrowUp: () => go(stepFrom(all, selected, -1)),
      Enter: open,
      ...(onMark ? { x: () => selected && mark(selected) } : {}),
    },
    props.keys !== false && onSelect !== undefined,
  );
  // The row that the address bar names is brought into sight once, when the table opens.
  const first = useRef(true);
  useEffect(() => {
    if (!first.current) return;
    first.current = false;
    const at = all.findIndex((line) => 'row' in line && line.key === selected);
    if (at > 0) virtual.scrollToIndex(at, { align: 'center' });
  });

  const everyKey = sorted.rows.map(keyOf);
  useEffect(() => {
    props.onOrder?.(everyKey);
  });
  const allMarked = everyKey.length > 0 && everyKey.every((key) => marked?.has(key));
  const style = { '--columns': template(columns, onMark !== undefined) } as CSSProperties;
  return (
    <>
      <div role="grid" aria-label={props.label} aria-rowcount={all.length + 1} className="table" style={style}>
        <Head
          columns={columns}
          by={sorted.by}
          desc={sorted.desc}
          onSort={sorted.toggle}
          marks={onMark && { all: allMarked, onAll: () => onMark(allMarked ? nobody : new Set(everyKey)) }}
        />
        <div ref={body} className="table-body" role="rowgroup" tabIndex={0} aria-label={props.label}>
          <div role="presentation" className="table-space" style={{ height: virtual.getTotalSize() }}>
            {virtual.getVirtualItems().map(({ index, start }) => {
              const line = all[index];
              if (!line) return null;
              const place = { transform: `translateY(${start}px)` };
              if ('group' in line) {
                return (
                  <div key={`group ${line.group.id}`} role="row" className="table-group" style={place}>
                    <span role="gridcell">
                      <b>{line.group.label}</b> {t('common.count', { count: line.count })}
                    </span>
                  </div>
                );
              }
              return (
                <Row
                  key={line.key}
                  id={line.key}
                  row={line.row}
                  index={index + 2}
                  columns={columns}
                  selected={line.key === selected}
                  className={props.classOf?.(line.row) ?? ''}
                  marked={marked?.has(line.key)}
                  onMark={onMark && mark}
                  onPick={(id) => onSelect?.(id)}
                  onOpen={(row) => onOpen?.(row)}
                  style={place}
                />
              );
            })}
          </div>
        </div>
      </div>
      {more?.has && (
        <button type="button" className="button table-more" disabled={more.busy} onClick={more.load}>
          {more.busy ? t('common.loading') : t('common.more')}
        </button>
      )}
    </>
  );
}
