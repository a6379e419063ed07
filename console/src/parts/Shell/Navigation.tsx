import { useTranslation } from 'react-i18next';
import { NavLink } from 'react-router';
import { useIncidents } from '~/api/incidents';
import { useItemCounts } from '~/api/items';
import { useAddress } from '~/lib/address';
import { number } from '~/lib/words';
import { useScope, useViewer } from '../viewer';
import { pages } from './pages';

const rulers = new Set<string>(['search', 'rules', 'admin']);

/** The pages, with what waits on them. */
export function Navigation() {
  const { t } = useTranslation();
  const { to } = useAddress();
  const scope = useScope();
  const { version, demo } = useViewer();
  const items = useItemCounts(scope);
  const incidents = useIncidents({ ...scope, status: 'open', limit: 1 });
  const working = useIncidents({ ...scope, status: 'in_progress', limit: 1 });
  const open = (incidents.data?.total ?? 0) + (working.data?.total ?? 0);
  const counts: Partial<Record<string, number>> = { alerts: items.data?.open, incidents: incidents.data && open };
  return (
    <nav className="shell-nav no-print" aria-label={t('nav.label')}>
      {pages.map((page) => (
        <span key={page.id} style={{ display: 'contents' }}>
          {rulers.has(page.id) && <hr />}
          <NavLink to={to(page.path)} end={page.path === '/'} title={`${t(`nav.${page.id}`)} (g ${page.key})`}>
            <span className="shell-nav-name">{t(`nav.${page.id}`)}</span>
            {(counts[page.id] ?? 0) > 0 && <em>{number(counts[page.id] ?? 0)}</em>}
          </NavLink>
        </span>
      ))}
      <div className="shell-foot">
        {demo && <b>{t('app.demo')}</b>} <span className="mono">{version}</span>
      </div>
    </nav>
  );
}
