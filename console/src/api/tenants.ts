import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { client, unwrap } from './client';

const key = ['tenants'];

/** All tenants with their sites. */
export function useTenants() {
  return useQuery({
    queryKey: key,
    queryFn: ({ signal }) => unwrap(client.GET('/api/v1/tenants', { signal })),
    select: (answer) => answer.tenants,
  });
}

function useRefresh() {
  const queries = useQueryClient();
  return () =>
    Promise.all([queries.invalidateQueries({ queryKey: key }), queries.invalidateQueries({ queryKey: ['session'] })]);
}

/** Adds a tenant. */
export function useCreateTenant() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (body: { id: string; name: string; zone: string }) => unwrap(client.POST('/api/v1/tenants', { body })),
    onSuccess: refresh,
  });
}

/** Adds a site to a tenant. */
export function useCreateSite() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: ({ tenant, ...body }: { tenant: string; id: string; name: string }) =>
      unwrap(client.POST('/api/v1/tenants/{id}/sites', { params: { path: { id: tenant } }, body })),
    onSuccess: refresh,
  });
}
