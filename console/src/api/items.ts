import { useInfiniteQuery, useMutation, useQuery, useQueryClient, type InfiniteData } from '@tanstack/react-query';
import { client, unwrap } from './client';
import type { Item, ItemDetail, ItemPage, Level, Scope, Verdict } from './nouns';

/** What the queue is narrowed by. */
export type ItemFilter = Scope & {
  state: 'open' | 'judged' | 'all';
  level?: Level;
  rule?: string;
  subject?: string;
  incident?: string;
  from?: string;
  to?: string;
};

const pageSize = 100;

/** The queue, page after page. It is read again only when asked, so that nothing moves under the cursor. */
export function useItems(filter: ItemFilter) {
  return useInfiniteQuery({
    queryKey: ['items', 'list', filter],
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        client.GET('/api/v1/items', {
          params: { query: { ...filter, offset: pageParam, limit: pageSize } },
          signal,
        }),
      ),
    initialPageParam: 0,
    getNextPageParam: (last: ItemPage, pages) => {
      const read = pages.reduce((sum, page) => sum + page.items.length, 0);
      return last.items.length > 0 && read < last.total ? read : undefined;
    },
    staleTime: Infinity,
    refetchOnMount: 'always',
  });
}

/** How many items are open and judged. */
export function useItemCounts(scope: Scope) {
  return useQuery({
    queryKey: ['items', 'counts', scope],
    queryFn: ({ signal }) =>
      unwrap(client.GET('/api/v1/items', { params: { query: { ...scope, state: 'open', limit: 1 } }, signal })),
    select: (page) => page.counts,
  });
}

/** One item with its alerts, events, rule and history. */
export function useItem(id: string) {
  return useQuery({
    queryKey: ['items', 'one', id],
    queryFn: ({ signal }) => unwrap(client.GET('/api/v1/items/{id}', { params: { path: { id } }, signal })),
    enabled: id !== '',
  });
}

function useReplace() {
  const queries = useQueryClient();
  return (item: Item) => {
    queries.setQueriesData<InfiniteData<ItemPage>>({ queryKey: ['items', 'list'] }, (data) =>
      data === undefined
        ? data
        : {
            ...data,
            pages: data.pages.map((page) => ({
              ...page,
              items: page.items.map((old) => (old.id === item.id ? { ...old, judgement: undefined, ...item } : old)),
            })),
          },
    );
    queries.setQueryData<ItemDetail>(['items', 'one', item.id], (old) =>
      old ? { ...old, judgement: item.judgement, reopened: item.reopened } : old,
    );
    void queries.invalidateQueries({ queryKey: ['items', 'one', item.id] });
    void queries.invalidateQueries({ queryKey: ['items', 'counts'] });
    void queries.invalidateQueries({ queryKey: ['overview'] });
  };
}

/** A judgement of one item, with the number of alerts that the analyst saw. */
export type NewJudgement = { id: string; verdict: Verdict; alerts: number; comment?: string };

/** Judges an item. The row stays where it is and shows the verdict. */
export function useJudge() {
  const replace = useReplace();
  return useMutation({
    mutationFn: ({ id, ...body }: NewJudgement) =>
      unwrap(client.POST('/api/v1/items/{id}/judgement', { params: { path: { id } }, body })),
    onSuccess: replace,
  });
}

/** Takes an item's newest judgement back. */
export function useUnjudge() {
  const replace = useReplace();
  return useMutation({
    mutationFn: (id: string) => unwrap(client.DELETE('/api/v1/items/{id}/judgement', { params: { path: { id } } })),
    onSuccess: replace,
  });
}
