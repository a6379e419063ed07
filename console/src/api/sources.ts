import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { client, unwrap } from './client';
import type { NewSource, SourceChange } from './nouns';

const key = ['sources'];

/** Where telemetry comes from, and whether it does. */
export function useSources(tenant?: string) {
  return useQuery({
    queryKey: [...key, tenant],
    queryFn: ({ signal }) => unwrap(client.GET('/api/v1/sources', { params: { query: { tenant } }, signal })),
    select: (answer) => answer.sources,
    refetchInterval: 30_000,
  });
}

function useRefresh() {
  const queries = useQueryClient();
  return () => queries.invalidateQueries({ queryKey: key });
}

/** Adds a source; the answer holds its token, this once. */
export function useCreateSource() {
  return useMutation({
    mutationFn: (body: NewSource) => unwrap(client.POST('/api/v1/sources', { body })),
    onSuccess: useRefresh(),
  });
}

/** Changes a source, or switches it off and on. */
export function useChangeSource() {
  return useMutation({
    mutationFn: ({ id, ...body }: SourceChange & { id: string }) =>
      unwrap(client.PUT('/api/v1/sources/{id}', { params: { path: { id } }, body })),
    onSuccess: useRefresh(),
  });
}

/** Gives a source a new token; the old one is refused from then on. */
export function useRotateToken() {
  return useMutation({
    mutationFn: (id: string) => unwrap(client.POST('/api/v1/sources/{id}/token', { params: { path: { id } } })),
    onSuccess: useRefresh(),
  });
}

/** Configurations of shippers for a source, ready to be copied. */
export function useShippers(id: string) {
  return useQuery({
    queryKey: [...key, 'shippers', id],
    queryFn: ({ signal }) => unwrap(client.GET('/api/v1/sources/{id}/shippers', { params: { path: { id } }, signal })),
    select: (answer) => answer.shippers,
    enabled: id !== '',
  });
}
