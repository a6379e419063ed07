import { useTranslation } from 'react-i18next';
import { Refusal } from '~/api/client';
import { useEventCount, useEvents } from '~/api/events';
import { useKeys } from '~/lib/keyboard';
import { number } from '~/lib/words';
import { PageTitle } from '~/parts/PageTitle';
import { Facets } from './Facets';
import { Flyout } from './Flyout';
import { Histogram } from './Histogram';
import { QueryBar } from './QueryBar';
import { Results } from './Results';
import { useSearch } from './useSearch';
import './search.css';

/** The search: one query line, how the answers spread over time and values, the answers, and one of them in full. */
export default function SearchPage() {
  const { t } = useTranslation();
  const search = useSearch();
  const events = useEvents(search.asked);
  const count = useEventCount(search.asked);
  const rows = events.data?.pages.flatMap((page) => page.events);
  const fault = events.error instanceof Refusal && events.error.code === 'bad_query' ? events.error : undefined;
  useKeys({
    '/': () => document.querySelector<HTMLElement>('.query-editor .cm-content')?.focus(),
    Escape: () => search.open(''),
  });
  return (
    <div className={`page search${search.event ? ' search-open' : ''}`}>
      <PageTitle title={t('search.title')} />
      <header className="page-head search-head">
        <h1>{t('search.title')}</h1>
        {count.data && (
          <span className="dim">
            {t('search.hits', { count: count.data.count, formatted: number(count.data.count) })}
          </span>
        )}
        {events.data && (
          <span className="end faint small">
            {t('search.took', { ms: number(events.data.pages[0]?.took_ms ?? 0) })}
          </span>
        )}
      </header>
      <QueryBar key={search.q} search={search} fault={fault} />
      <Histogram search={search} total={count.data?.count} />
      <Facets search={search} total={count.data?.count ?? 0} />
      <Results search={search} events={events} rows={fault ? [] : rows} unreadable={fault !== undefined} />
      {search.event && (
        <Flyout key={search.event} search={search} known={rows?.find((row) => row.id === search.event)} />
      )}
    </div>
  );
}
