import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { client, unwrap } from './client';

const key = ['tokens'];

/** One's own API tokens. */
export function useTokens() {
  return useQuery({
    queryKey: key,
    queryFn: ({ signal }) => unwrap(client.GET('/api/v1/tokens', { signal })),
    select: (answer) => answer.tokens,
  });
}

/** Makes an API token; the answer holds it, this once. */
export function useCreateToken() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (name: string) => unwrap(client.POST('/api/v1/tokens', { body: { name } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: key }),
  });
}

/** Makes an API token useless. */
export function useDeleteToken() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => unwrap(client.DELETE('/api/v1/tokens/{id}', { params: { path: { id } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: key }),
  });
}
