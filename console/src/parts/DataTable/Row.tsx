import { memo, type CSSProperties } from 'react';
import { useTranslation } from 'react-i18next';
import type { Column } from './column';

type Props<Row> = {
  row: Row;
  id: string;
  index: number;
  columns: readonly Column<Row>[];
  selected: boolean;
  className: string;
  marked?: boolean;
  onMark?: (id: string) => void;
  onPick: (id: string) => void;
  onOpen: (row: Row) => void;
  style: CSSProperties;
};

function Plain<Row>(props: Props<Row>) {
  const { t } = useTranslation();
  const { row, id, columns, selected, marked, onMark } = props;
  return (
    <div
      role="row"
      id={`row-${id}`}
      aria-rowindex={props.index}
      aria-selected={selected}
      className={`table-row ${props.className}`}
      style={props.style}
      onClick={() => props.onPick(id)}
      onDoubleClick={() => props.onOpen(row)}
    >
      {onMark && (
        <span role="gridcell" className="table-mark">
          <input
            type="checkbox"
            tabIndex={-1}
            checked={marked ?? false}
            aria-label={t('common.select')}
            onClick={(event) => event.stopPropagation()}
            onChange={() => onMark(id)}
          />
        </span>
      )}
      {columns.map((column) => (
        <span key={column.id} role="gridcell" className={column.right ? 'right' : ''}>
          {column.cell(row)}
        </span>
      ))}
    </div>
  );
}

/** One row of a table. */
export const Row = memo(Plain) as typeof Plain;
