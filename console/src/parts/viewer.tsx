import { createContext, useContext, type ReactNode } from 'react';
import type { Scope, Session, Tenant } from '~/api/nouns';
import { useAddress } from '~/lib/address';

const Viewer = createContext<Session | null>(null);

/** Gives everything below it the person who is signed in. */
export function ViewerProvider({ session, children }: { session: Session; children: ReactNode }) {
  return <Viewer value={session}>{children}</Viewer>;
}

/** Who is signed in, and what they may see. */
export function useViewer(): Session {
  const session = useContext(Viewer);
  if (!session) throw new Error('useViewer outside of ViewerProvider');
  return session;
}

/** Tenant and site chosen at the top left; undefined means all. */
export function useScope(): Scope {
  const { get } = useAddress();
  return { tenant: get('tenant') || undefined, site: get('site') || undefined };
}

/** Finds a tenant that the person may see. */
export function useTenant(): (id: string) => Tenant | undefined {
  const { tenants } = useViewer();
  return (id) => tenants.find((tenant) => tenant.id === id);
}

/** The name of a site as people call it; its id when it is not known. */
export function useSiteName(): (tenant: string, site: string) => string {
  const find = useTenant();
  return (tenant, site) => find(tenant)?.sites.find((each) => each.id === site)?.name ?? site;
}

/** The zone in which times are shown: the given tenant's, else the chosen one's, else that of the first tenant. */
export function useZone(tenant?: string): string {
  const { tenants } = useViewer();
  const scope = useScope();
  const id = tenant ?? scope.tenant;
  const found = tenants.find((each) => each.id === id) ?? tenants[0];
  return found?.zone ?? 'Asia/Tokyo';
}
