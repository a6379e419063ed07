import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { useEvents } from '~/api/events';
import type { Event } from '~/api/nouns';
import { kindOf, summary, valueOf } from '~/lib/event';
import { condition, holds } from '~/lib/query';
import { DataTable, type Column } from '~/parts/DataTable/DataTable';
import { Entity } from '~/parts/Entity';
import { Empty } from '~/parts/States';
import { Time } from '~/parts/Time';
import type { Search } from './useSearch';

type Props = { search: Search; events: ReturnType<typeof useEvents>; rows: Event[] | undefined; unreadable: boolean };

const keyOf = (event: Event) => event.id;

/** The answers, newest first, with the chosen columns. */
export function Results({ search, events, rows, unreadable }: Props) {
  const { t } = useTranslation();
  const columns = useColumns(search);
  return (
    <section className="panel search-rows" aria-label={t('search.rows')}>
      <DataTable
        label={t('search.rows')}
        rows={rows}
        columns={columns}
        keyOf={keyOf}
        error={rows?.length === 0 ? null : events.error}
        retry={() => void events.refetch()}
        selected={search.event}
        onSelect={search.open}
        onOpen={(event) => search.open(event.id)}
        more={{ has: events.hasNextPage, busy: events.isFetchingNextPage, load: () => void events.fetchNextPage() }}
        empty={
          unreadable ? (
            <Empty text={t('search.unreadable')} next={t('search.unreadableNext')} />
          ) : (
            <Empty text={t('search.empty')} next={t('search.emptyNext')}>
              <button type="button" className="button" onClick={() => search.range('now-30d', 'now')}>
                {t('search.widen')}
              </button>
            </Empty>
          )
        }
      />
    </section>
  );
}

function useColumns({ columns, column, q, event }: Search): Column<Event>[] {
  const { t } = useTranslation();
  // Beside the open event there is less room.
  const narrow = event !== '';
  const names = columns.join(',');
  return useMemo(() => {
    const chosen = (names ? names.split(',') : []).map((name): Column<Event> => ({
      id: name,
      header: name,
      width: narrow ? 104 : 132,
      head: (
        <button
          type="button"
          className="table-sort mono"
          title={t('search.removeColumn', { name })}
          onClick={() => column(name)}
        >
          {name} <i aria-hidden>×</i>
        </button>
      ),
      cell: (event) => <Cell event={event} field={name} q={q} />,
    }));
    return [
      {
        id: 'time',
        header: t('search.time'),
        width: narrow ? 116 : 152,
        cell: (event) => <Time at={event.time} style={narrow ? 'second' : 'milli'} tenant={event.tenant} />,
      },
      {
        id: 'dataset',
        header: t('search.dataset'),
        width: narrow ? 104 : 124,
        cell: (event) => <span className="dim">{event.dataset}</span>,
      },
      ...chosen,
      { id: 'summary', header: t('search.summary'), cell: (event) => <Told event={event} /> },
      {
        id: 'rules',
        header: t('search.rules'),
        width: 44,
        right: true,
        cell: (event) => event.rules.length > 0 && <b className="search-hit">{event.rules.length}</b>,
      },
    ];
    // eslint-disable-next-line react-hooks/exhaustive-deps -- column changes with every render but does the same
  }, [names, q, t, narrow]);
}

function Cell({ event, field, q }: { event: Event; field: string; q: string }) {
  const value = valueOf(event, field);
  if (value === '') return null;
  return <Entity kind={kindOf(field)} value={value} field={field} hit={holds(q, condition(field, value))} />;
}

function Told({ event }: { event: Event }) {
  const text = summary(event);
  return (
    <span className={`mono${event.problem ? ' warn' : ''}`} title={event.problem || text}>
      {text}
    </span>
  );
}
