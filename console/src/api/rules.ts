import { useQuery } from '@tanstack/react-query';
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
