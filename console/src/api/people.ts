import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { client, unwrap } from './client';
import type { NewPerson, PersonChange } from './nouns';

const key = ['people'];

/** Everybody who may sign in. */
export function usePeople() {
  return useQuery({
    queryKey: key,
    queryFn: ({ signal }) => unwrap(client.GET('/api/v1/people', { signal })),
    select: (answer) => answer.people,
  });
}

/** Adds a person; the answer holds a one-time password when none was given. */
export function useCreatePerson() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: NewPerson) => unwrap(client.POST('/api/v1/people', { body })),
    onSuccess: () => queries.invalidateQueries({ queryKey: key }),
  });
}

/** Changes a person's name, role, tenants, or whether they may sign in. */
export function useChangePerson() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ id, ...body }: PersonChange & { id: string }) =>
      unwrap(client.PUT('/api/v1/people/{id}', { params: { path: { id } }, body })),
    onSuccess: () => queries.invalidateQueries({ queryKey: key }),
  });
}

/** Gives a person a new one-time password. */
export function useResetPassword() {
  return useMutation({
    mutationFn: (id: string) => unwrap(client.POST('/api/v1/people/{id}/password', { params: { path: { id } } })),
  });
}
