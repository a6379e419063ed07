import { useTranslation } from 'react-i18next';
import { useOverview } from '~/api/overview';
import { useAddress } from '~/lib/address';
import { PageTitle } from '~/parts/PageTitle';
import { Segment } from '~/parts/Segment';
import { Answer } from '~/parts/States';
import { Time } from '~/parts/Time';
import { useScope, useSiteName, useTenant, useViewer } from '~/parts/viewer';
import { Charts } from './Charts';
import { Figures } from './Figures';
import { Missed } from './Missed';
import { Unaware } from './Unaware';
import { Wolf } from './Wolf';
import { Working } from './Working';
import './overview.css';

const spans = ['24', '168', '720'] as const;

/** How things stand: the queue, and the three questions: do we cry wolf, do we miss, are we unaware. */
export default function OverviewPage() {
  const { t } = useTranslation();
  const { get, set } = useAddress();
  const scope = useScope();
  const hours = spans.find((each) => each === get('hours')) ?? '24';
  const overview = useOverview(scope, Number(hours));
  return (
    <div className="page overview">
      <PageTitle title={t('overview.title')} />
      <header className="page-head">
        <h1>{t('overview.title')}</h1>
        <ScopeName />
        <Segment
          label={t('overview.period')}
          value={hours}
          options={spans.map((value) => ({ value, label: t(`overview.hours${value}`) }))}
          onChange={(value) => set({ hours: value === '24' ? null : value }, { push: true })}
        />
        {overview.dataUpdatedAt > 0 && (
          <span className="end faint small row">
            <Time at={new Date(overview.dataUpdatedAt).toISOString()} style="clock" />
            <button type="button" className="button" onClick={() => void overview.refetch()}>
              {t('common.refresh')}
            </button>
          </span>
        )}
      </header>
      <Answer query={overview} rows={16}>
        {(data) => (
          <div className="overview-body" tabIndex={0} aria-label={t('overview.title')} role="region">
            <Figures data={data} hours={Number(hours)} />
            <Working data={data} />
            <Charts data={data} />
            <div className="overview-three">
              <Wolf data={data} />
              <Missed data={data} />
              <Unaware data={data} />
            </div>
          </div>
        )}
      </Answer>
    </div>
  );
}

function ScopeName() {
  const { t } = useTranslation();
  const { tenants } = useViewer();
  const scope = useScope();
  const tenant = useTenant();
  const site = useSiteName();
  const id = scope.tenant ?? (tenants.length === 1 ? tenants[0]?.id : undefined);
  if (!id) return <span className="dim">{`${t('top.tenant')}: ${t('top.all')}`}</span>;
  return (
    <span className="dim">
      {tenant(id)?.name} {scope.site && site(id, scope.site)}
    </span>
  );
}
