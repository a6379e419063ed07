import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { client, Refusal, unwrap } from './client';
import type { Session } from './nouns';

const key = ['session'];

/** Who is signed in; null when nobody is. */
export function useSession() {
  return useQuery({
    queryKey: key,
    queryFn: async (): Promise<Session | null> => {
      try {
        return await unwrap(client.GET('/api/v1/session'));
      } catch (error) {
        if (error instanceof Refusal && error.status === 401) return null;
        throw error;
      }
    },
    staleTime: 300_000,
  });
}

/** Signs in with name and password. */
export function useSignIn() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (body: { name: string; password: string }) => {
      await unwrap(client.POST('/api/v1/session', { body }));
    },
    onSuccess: () => queries.invalidateQueries(),
  });
}

/** Signs out and forgets everything that was read. */
export function useSignOut() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => unwrap(client.DELETE('/api/v1/session')),
    onSuccess: () => {
      queries.setQueryData(key, null);
      queries.removeQueries({ predicate: (query) => query.queryKey[0] !== key[0] });
    },
  });
}

/** Changes one's own password. */
export function useChangePassword() {
  return useMutation({
    mutationFn: (body: { current: string; new: string }) => unwrap(client.PUT('/api/v1/session/password', { body })),
  });
}
