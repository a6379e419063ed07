import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { client, unwrap } from './client';
import type { Scope, Status } from './nouns';

/** What the list of incidents is narrowed by. */
export type IncidentFilter = Scope & { status?: Status; from?: string; to?: string; limit?: number };

/** Incidents, open ones first. */
export function useIncidents(filter: IncidentFilter) {
  return useQuery({
    queryKey: ['incidents', 'list', filter],
    queryFn: ({ signal }) => unwrap(client.GET('/api/v1/incidents', { params: { query: filter }, signal })),
  });
}

/** One incident with its items, alerts, narrative and entities. */
export function useIncident(id: string) {
  return useQuery({
    queryKey: ['incidents', 'one', id],
    queryFn: ({ signal }) => unwrap(client.GET('/api/v1/incidents/{id}', { params: { path: { id } }, signal })),
  });
}

/** Says where the work on an incident stands. */
export function useSetStatus(id: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (status: Status) =>
      unwrap(client.PUT('/api/v1/incidents/{id}/status', { params: { path: { id } }, body: { status } })),
    onSuccess: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: ['incidents'] }),
        queries.invalidateQueries({ queryKey: ['overview'] }),
      ]),
  });
}

/** The draft of the first report 第1報 in a language. */
export function useFirstReport(id: string, lang: 'ja' | 'en') {
  return useQuery({
    queryKey: ['incidents', 'first-report', id, lang],
    queryFn: ({ signal }) =>
      unwrap(client.GET('/api/v1/incidents/{id}/first-report', { params: { path: { id }, query: { lang } }, signal })),
  });
}
