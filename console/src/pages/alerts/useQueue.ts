import { useMemo } from 'react';
import { useItems, type ItemFilter } from '~/api/items';
import type { Item } from '~/api/nouns';
import { useAddress } from '~/lib/address';
import { levels } from '~/lib/words';
import { useScope } from '~/parts/viewer';

/** Which items the queue shows. */
export const states = ['open', 'judged', 'all'] as const;

/** The queue as the address bar narrows it. */
export function useQueue() {
  const { get } = useAddress();
  const scope = useScope();
  const filter: ItemFilter = {
    ...scope,
    state: states.find((state) => state === get('state')) ?? 'open',
    level: levels.find((level) => level === get('level')),
    rule: get('rule') || undefined,
    subject: get('subject') || undefined,
    incident: get('incident') || undefined,
    from: get('from') || undefined,
    to: get('to') || undefined,
  };
  const query = useItems(filter);
  const items = useMemo<Item[] | undefined>(() => query.data?.pages.flatMap((page) => page.items), [query.data]);
  const last = query.data?.pages.at(-1);
  const narrowed = ['level', 'rule', 'subject', 'incident', 'from', 'to'].some((name) => get(name) !== '');
  return { filter, query, items, total: last?.total ?? 0, counts: last?.counts, narrowed };
}
