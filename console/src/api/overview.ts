import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { client, unwrap } from './client';
import type { Scope } from './nouns';

/** How things stand over the last hours. */
export function useOverview(scope: Scope, hours: number) {
  return useQuery({
    queryKey: ['overview', scope, hours],
    queryFn: ({ signal }) => unwrap(client.GET('/api/v1/overview', { params: { query: { ...scope, hours } }, signal })),
    placeholderData: keepPreviousData,
    refetchInterval: 60_000,
  });
}
