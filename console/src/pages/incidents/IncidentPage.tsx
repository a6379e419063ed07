import { useTranslation } from 'react-i18next';
import { useParams } from 'react-router';
import { useIncident } from '~/api/incidents';
import type { IncidentDetail } from '~/api/nouns';
import { useAddress } from '~/lib/address';
import { PageTitle } from '~/parts/PageTitle';
import { Answer } from '~/parts/States';
import { Tabs } from '~/parts/Tabs';
import { Belongs } from './Belongs';
import { Evidence } from './Evidence';
import { Facts } from './Facts';
import { Report } from './Report';
import { Story } from './Story';
import './incidents.css';

/** One incident: its facts, its story, why each item belongs, the evidence, and the draft of the first report. */
export default function IncidentPage() {
  const { id = '' } = useParams();
  const incident = useIncident(id);
  if (incident.data === undefined) {
    return (
      <div className="panel" style={{ height: '100%' }}>
        <Answer query={incident} rows={14}>
          {() => null}
        </Answer>
      </div>
    );
  }
  return <Shown incident={incident.data} />;
}

function Shown({ incident }: { incident: IncidentDetail }) {
  const { t } = useTranslation();
  const { get } = useAddress();
  const tab = get('tab') || 'story';
  return (
    <div className="page incident">
      <PageTitle title={incident.label} />
      <Facts incident={incident} />
      <div className="page-head incident-tabs no-print">
        <Tabs
          label={t('incidents.tabs')}
          name="tab"
          tabs={[
            { id: 'story', label: t('incidents.story') },
            { id: 'items', label: t('incidents.belongs'), count: incident.item_count },
            { id: 'evidence', label: t('incidents.evidence'), count: incident.alert_count },
            { id: 'report', label: t('incidents.report') },
          ]}
        />
      </div>
      {tab === 'story' && <Story incident={incident} />}
      {tab === 'items' && (
        <section className="panel">
          <Belongs incident={incident} />
        </section>
      )}
      {tab === 'evidence' && <Evidence incident={incident} />}
      {tab === 'report' && <Report incident={incident} />}
    </div>
  );
}
