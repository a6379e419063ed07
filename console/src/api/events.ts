import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { client, unwrap } from './client';
import type { EventPage, Scope } from './nouns';

/** A search: the query line and the time range as instants, to exclusive. */
export type Asked = Scope & { q?: string; from?: string; to?: string };

/** Events that answer the query, newest first, page after page. */
export function useEvents(asked: Asked, limit = 100) {
  return useInfiniteQuery({
    queryKey: ['events', 'list', asked, limit],
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        client.GET('/api/v1/events', {
          params: { query: { ...asked, limit, after: pageParam } },
          signal,
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last: EventPage) => last.next,
    staleTime: Infinity,
  });
}

/** How many events answer the query. */
export function useEventCount(asked: Asked) {
  return useQuery({
    queryKey: ['events', 'count', asked],
    queryFn: ({ signal }) => unwrap(client.GET('/api/v1/events/count', { params: { query: asked }, signal })),
    staleTime: Infinity,
  });
}

/** How the answers spread over time. */
export function useHistogram(asked: Asked, buckets: number) {
  return useQuery({
    queryKey: ['events', 'histogram', asked, buckets],
    queryFn: ({ signal }) =>
      unwrap(client.GET('/api/v1/events/histogram', { params: { query: { ...asked, buckets } }, signal })),
    placeholderData: keepPreviousData,
    staleTime: Infinity,
  });
}

/** The most frequent values of a field among the answers. */
export function useValues(asked: Asked, field: string, limit: number) {
  return useQuery({
    queryKey: ['events', 'values', asked, field, limit],
    queryFn: ({ signal }) =>
      unwrap(client.GET('/api/v1/events/values', { params: { query: { ...asked, field, limit } }, signal })),
    placeholderData: keepPreviousData,
    staleTime: Infinity,
  });
}

/** One event. */
export function useEvent(id: string) {
  return useQuery({
    queryKey: ['events', 'one', id],
    queryFn: ({ signal }) => unwrap(client.GET('/api/v1/events/{id}', { params: { path: { id } }, signal })),
    enabled: id !== '',
    staleTime: Infinity,
  });
}

/** The fields that can be asked for. */
export function useFields() {
  return useQuery({
    queryKey: ['fields'],
    queryFn: ({ signal }) => unwrap(client.GET('/api/v1/fields', { signal })),
    select: (answer) => answer.fields,
    staleTime: Infinity,
  });
}
