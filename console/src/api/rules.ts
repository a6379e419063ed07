import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { client, unwrap } from './client';

/** All rules in force, with their hits and verdicts, and what was refused at load. */
export function useRules(tenant?: string) {
  return useQuery({
    queryKey: ['rules', 'list', tenant],
    queryFn: ({ signal }) => unwrap(client.GET('/api/v1/rules', { params: { query: { tenant } }, signal })),
  });
}

/** One rule with its text and its hits by day. */
export function useRule(id: string, tenant?: string) {
  return useQuery({
    queryKey: ['rules', 'one', id, tenant],
    queryFn: ({ signal }) =>
      unwrap(client.GET('/api/v1/rules/{id}', { params: { path: { id }, query: { tenant } }, signal })),
  });
}

function useRefresh() {
  const queries = useQueryClient();
  return () => queries.invalidateQueries({ queryKey: ['rules'] });
}

/** Lets the server read its rules again; the answer says what came of it. */
export function useReloadRules() {
  return useMutation({
    mutationFn: () => unwrap(client.POST('/api/v1/rules/reload')),
    onSuccess: useRefresh(),
  });
}

/** Puts a rule that was switched off in force again. */
export function useSwitchOnRule() {
  return useMutation({
    mutationFn: (id: string) => unwrap(client.POST('/api/v1/rules/{id}/on', { params: { path: { id } } })),
    onSuccess: useRefresh(),
  });
}
