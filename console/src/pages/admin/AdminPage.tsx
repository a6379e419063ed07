import { useTranslation } from 'react-i18next';
import { NavLink, useLocation } from 'react-router';
import { useAddress } from '~/lib/address';
import { PageTitle } from '~/parts/PageTitle';
import { useViewer } from '~/parts/viewer';
import { Audit } from './Audit';
import { People } from './People';
import { Sources } from './Sources';
import { Tenants } from './Tenants';
import { Tokens } from './Tokens';
import './admin.css';

const tabs = [
  { id: 'sources', page: Sources, all: false },
  { id: 'people', page: People, all: false },
  { id: 'tenants', page: Tenants, all: false },
  { id: 'tokens', page: Tokens, all: true },
  { id: 'audit', page: Audit, all: false },
] as const;

/** People, tenants, sources, tokens and the audit log. An analyst sees only their own tokens. */
export default function AdminPage() {
  const { t } = useTranslation();
  const { to } = useAddress();
  const { person } = useViewer();
  const { pathname } = useLocation();
  const current = tabs.find((tab) => pathname === `/admin/${tab.id}`) ?? tabs[0];
  const Page = current.page;
  return (
    <div className="page admin">
      <PageTitle title={`${t('admin.title')} ${t(`admin.${current.id}`)}`} />
      <header className="page-head">
        <h1>{t('admin.title')}</h1>
        <nav className="tabs" aria-label={t('admin.title')}>
          {tabs
            .filter((tab) => tab.all || person.role === 'administrator')
            .map((tab) => (
              <NavLink key={tab.id} to={to(`/admin/${tab.id}`)}>
                {t(`admin.${tab.id}`)}
              </NavLink>
            ))}
        </nav>
      </header>
      <section className="panel" aria-label={t(`admin.${current.id}`)}>
        <Page />
      </section>
    </div>
  );
}
