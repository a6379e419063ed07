import { lazy, Suspense } from 'react';
import { createBrowserRouter, Navigate, type RouteObject } from 'react-router';
import { AlertsPage } from './pages/alerts/AlertsPage';
import { CrashPage } from './pages/missing/CrashPage';
import { MissingPage } from './pages/missing/MissingPage';
import { RefusedPage } from './pages/missing/RefusedPage';
import { SignedIn } from './pages/session/SignedIn';
import { Shell } from './parts/Shell/Shell';
import { Skeleton } from './parts/States';
import { useViewer } from './parts/viewer';

const OverviewPage = lazy(() => import('./pages/overview/OverviewPage'));
const IncidentsPage = lazy(() => import('./pages/incidents/IncidentsPage'));
const IncidentPage = lazy(() => import('./pages/incidents/IncidentPage'));
const SearchPage = lazy(() => import('./pages/search/SearchPage'));
const RulesPage = lazy(() => import('./pages/rules/RulesPage'));
const RulePage = lazy(() => import('./pages/rules/RulePage'));
const AdminPage = lazy(() => import('./pages/admin/AdminPage'));

function Later({ page: Page }: { page: React.ComponentType }) {
  return (
    <Suspense fallback={<Skeleton rows={12} />}>
      <Page />
    </Suspense>
  );
}

const administration = new Set(['people', 'tenants', 'sources', 'audit']);

function Admin({ tab }: { tab?: string }) {
  const { person } = useViewer();
  const administrator = person.role === 'administrator';
  if (!tab) return <Navigate to={administrator ? '/admin/sources' : '/admin/tokens'} replace />;
  if (administration.has(tab) && !administrator) return <RefusedPage />;
  return <Later page={AdminPage} />;
}

const pages: RouteObject[] = [
  { index: true, element: <Later page={OverviewPage} /> },
  { path: 'alerts', element: <AlertsPage /> },
  { path: 'incidents', element: <Later page={IncidentsPage} /> },
  { path: 'incidents/:id', element: <Later page={IncidentPage} /> },
  { path: 'search', element: <Later page={SearchPage} /> },
  { path: 'rules', element: <Later page={RulesPage} /> },
  { path: 'rules/:id', element: <Later page={RulePage} /> },
  { path: 'admin', element: <Admin /> },
  ...['people', 'tenants', 'sources', 'tokens', 'audit'].map((tab) => ({
    path: `admin/${tab}`,
    element: <Admin tab={tab} />,
  })),
  { path: '*', element: <MissingPage /> },
];

/** Every address of the console. */
export const router = createBrowserRouter([
  {
    element: <SignedIn />,
    errorElement: <CrashPage />,
    children: [{ element: <Shell />, children: pages.map((page) => ({ ...page, errorElement: <CrashPage /> })) }],
  },
]);
