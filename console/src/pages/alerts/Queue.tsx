import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Item } from '~/api/nouns';
import { useAddress } from '~/lib/address';
import { useTitle } from '~/lib/words';
import { DataTable } from '~/parts/DataTable/DataTable';
import { Empty } from '~/parts/States';
import { useSiteName } from '~/parts/viewer';
import { columns } from './columns';
import type { useQueue } from './useQueue';

type Props = {
  queue: ReturnType<typeof useQueue>;
  selected: string;
  onSelect: (id: string) => void;
  marked: ReadonlySet<string>;
  onMark: (marked: ReadonlySet<string>) => void;
  onOrder: (keys: readonly string[]) => void;
};

const keyOf = (item: Item) => item.id;
const done = (item: Item) => (item.judgement && !item.reopened ? 'done' : '');

/** The list of items, grouped by severity while they wait. */
export function Queue({ queue, selected, onSelect, marked, onMark, onOrder }: Props) {
  const { t } = useTranslation();
  const title = useTitle();
  const site = useSiteName();
  const { set } = useAddress();
  const { query, items, filter, narrowed } = queue;
  const shown = useMemo(() => columns(t, title, site), [t, title, site]);
  const group = (item: Item) => ({ id: item.level, label: t(`level.${item.level}`) });
  return (
    <DataTable
      label={t('alerts.list')}
      rows={items}
      columns={shown}
      keyOf={keyOf}
      error={query.error}
      retry={() => void query.refetch()}
      selected={selected}
      onSelect={onSelect}
      onOpen={(item) => {
        onSelect(item.id);
        set({ raw: 1 });
      }}
      marked={marked}
      onMark={onMark}
      onOrder={onOrder}
      groupOf={filter.state === 'open' ? group : undefined}
      classOf={filter.state === 'open' ? done : undefined}
      more={{ has: query.hasNextPage, busy: query.isFetchingNextPage, load: () => void query.fetchNextPage() }}
      empty={
        narrowed || filter.state !== 'open' ? (
          <Empty text={t('alerts.emptyFiltered')} next={t('alerts.emptyFilteredNext')}>
            <button
              type="button"
              className="button"
              onClick={() => set({ level: null, rule: null, subject: null, incident: null, from: null, to: null })}
            >
              {t('common.clear')}
            </button>
          </Empty>
        ) : (
          <Empty text={t('alerts.empty')} next={t('alerts.emptyNext')} />
        )
      }
    />
  );
}
