import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useEvent } from '~/api/events';
import type { Alert, IncidentDetail } from '~/api/nouns';
import { useAddress } from '~/lib/address';
import { useTitle } from '~/lib/words';
import { DataTable, type Column } from '~/parts/DataTable/DataTable';
import { EventFields, EventMeta, EventRaw } from '~/parts/EventView';
import { Phase } from '~/parts/Phase';
import { Severity } from '~/parts/Severity';
import { Answer, Empty } from '~/parts/States';
import { Time } from '~/parts/Time';

const keyOf = (alert: Alert) => alert.id;

/** All alerts of the incident, oldest first; one click shows the events that prove one. */
export function Evidence({ incident }: { incident: IncidentDetail }) {
  const { t } = useTranslation();
  const { get, set } = useAddress();
  const title = useTitle();
  const selected = get('alert');
  const alert = incident.alerts.find((each) => each.id === selected) ?? incident.alerts[0];
  const columns = useMemo(
    (): Column<Alert>[] => [
      { id: 'level', header: t('incidents.level'), head: '', width: 26, cell: (row) => <Severity level={row.level} /> },
      { id: 'phase', header: t('incidents.phase'), head: '', width: 44, cell: (row) => <Phase phase={row.phase} /> },
      {
        id: 'time',
        header: t('search.time'),
        width: 118,
        sort: (row) => row.time,
        cell: (row) => <Time at={row.time} tenant={incident.tenant} />,
      },
      {
        id: 'rule',
        header: t('alerts.rule'),
        sort: title,
        cell: (row) => <span title={title(row)}>{title(row)}</span>,
      },
      {
        id: 'summary',
        header: t('search.summary'),
        cell: (row) => (
          <span className="mono" title={row.summary}>
            {row.summary}
          </span>
        ),
      },
    ],
    [t, title, incident.tenant],
  );
  return (
    <div className="evidence">
      <section className="panel" aria-label={t('incidents.evidence')}>
        <DataTable
          label={t('incidents.evidence')}
          rows={incident.alerts}
          columns={columns}
          keyOf={keyOf}
          selected={alert?.id ?? ''}
          onSelect={(id) => set({ alert: id })}
          empty={<Empty text={t('incidents.evidenceEmpty')} />}
        />
      </section>
      <section className="panel" aria-label={t('alerts.raw')}>
        <div className="panel-head">
          <h2>{t('alerts.raw')}</h2>
          <span className="faint small">{t('incidents.evidenceNote')}</span>
        </div>
        <div className="scroll" tabIndex={0} aria-label={t('alerts.raw')}>
          {alert?.events.map((id) => (
            <Proof key={id} id={id} alert={alert} />
          ))}
        </div>
      </section>
    </div>
  );
}

function Proof({ id, alert }: { id: string; alert: Alert }) {
  const event = useEvent(id);
  return (
    <Answer query={event}>
      {(data) => (
        <>
          <EventRaw event={data} />
          <EventMeta event={data} />
          <EventFields values={Object.entries(data.fields)} matched={alert.matched} />
        </>
      )}
    </Answer>
  );
}
