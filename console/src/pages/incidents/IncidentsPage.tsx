import type { TFunction } from 'i18next';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { useIncidents } from '~/api/incidents';
import type { Incident, Status } from '~/api/nouns';
import { useAddress } from '~/lib/address';
import { levels, phases, useSpan, useTitle, type PhaseName } from '~/lib/words';
import { DataTable, type Column } from '~/parts/DataTable/DataTable';
import { Entity } from '~/parts/Entity';
import { PageTitle } from '~/parts/PageTitle';
import { Phase } from '~/parts/Phase';
import { Segment } from '~/parts/Segment';
import { Severity } from '~/parts/Severity';
import { Empty } from '~/parts/States';
import { Time } from '~/parts/Time';
import { useScope, useTenant, useViewer } from '~/parts/viewer';
import './incidents.css';

const statuses = ['open', 'in_progress', 'closed'] as const;
const keyOf = (incident: Incident) => incident.id;

/** All incidents, open ones first. */
export default function IncidentsPage() {
  const { t } = useTranslation();
  const { get, set, to } = useAddress();
  const navigate = useNavigate();
  const scope = useScope();
  const status = statuses.find((each) => each === get('status'));
  const phase = get('phase');
  const incidents = useIncidents({ ...scope, status, limit: 500 });
  const rows = incidents.data?.incidents.filter((incident) => !phase || incident.phase === phase);
  const columns = useColumns(useViewer().tenants.length > 1);
  const options: { value: '' | Status; label: string }[] = [
    { value: '', label: t('incidents.all') },
    ...statuses.map((value) => ({ value, label: t(`status.${value}`) })),
  ];
  return (
    <div className="page incidents">
      <PageTitle title={t('incidents.title')} />
      <header className="page-head">
        <h1>{t('incidents.title')}</h1>
        <Segment
          label={t('incidents.status')}
          value={status ?? ''}
          options={options}
          onChange={(value) => set({ status: value }, { push: true })}
        />
        <select
          className="field"
          aria-label={t('incidents.phase')}
          value={phase}
          onChange={(event) => set({ phase: event.target.value }, { push: true })}
        >
          <option value="">{t('incidents.phase')}</option>
          {phases.map((each) => (
            <option key={each} value={each}>
              {t(`phase.${each}`)}
            </option>
          ))}
        </select>
        {rows && <span className="end faint small">{t('common.count', { count: rows.length })}</span>}
      </header>
      <section className="panel">
        <DataTable
          label={t('incidents.title')}
          rows={rows}
          columns={columns}
          keyOf={keyOf}
          error={incidents.error}
          retry={() => void incidents.refetch()}
          selected={get('incident') || (rows?.[0]?.id ?? '')}
          onSelect={(incident) => set({ incident })}
          onOpen={(incident) => void navigate(to(`/incidents/${incident.label}`, { tenant: incident.tenant }))}
          empty={<Empty text={t('incidents.empty')} next={t('incidents.emptyNext')} />}
        />
      </section>
    </div>
  );
}

function useColumns(many: boolean): Column<Incident>[] {
  const { t } = useTranslation();
  const title = useTitle();
  const write = useSpan();
  const tenant = useTenant();
  const { to } = useAddress();
  return useMemo(
    () => [
      ...headColumns(t, title, to),
      {
        id: 'hosts',
        header: t('incidents.hosts'),
        width: 190,
        cell: (incident: Incident) => <Few kind="host" values={incident.hosts} />,
      },
      {
        id: 'items',
        header: t('incidents.items'),
        width: 54,
        right: true,
        sort: (incident: Incident) => incident.item_count,
        cell: (incident: Incident) => incident.item_count,
      },
      {
        id: 'alerts',
        header: t('incidents.alerts'),
        width: 66,
        right: true,
        sort: (incident: Incident) => incident.alert_count,
        cell: (incident: Incident) => incident.alert_count,
      },
      {
        id: 'first',
        header: t('incidents.first'),
        width: 110,
        sort: (incident: Incident) => incident.first,
        cell: (incident: Incident) => <Time at={incident.first} style="minute" tenant={incident.tenant} />,
      },
      {
        id: 'lasted',
        header: t('incidents.lasted'),
        width: 100,
        right: true,
        sort: (incident: Incident) => Date.parse(incident.last) - Date.parse(incident.first),
        cell: (incident: Incident) => write((Date.parse(incident.last) - Date.parse(incident.first)) / 1000),
      },
      {
        id: 'tenant',
        header: t('incidents.tenant'),
        width: 120,
        from: many ? 1400 : Infinity,
        cell: (incident: Incident) => <span className="dim">{tenant(incident.tenant)?.name ?? incident.tenant}</span>,
      },
      {
        id: 'status',
        header: t('incidents.status'),
        width: 90,
        sort: (incident: Incident) => incident.status,
        cell: (incident: Incident) => t(`status.${incident.status}`),
      },
    ],
    [t, title, write, tenant, to, many],
  );
}

function headColumns(
  t: TFunction,
  title: (incident: Incident) => string,
  to: ReturnType<typeof useAddress>['to'],
): Column<Incident>[] {
  return [
    {
      id: 'level',
      header: t('incidents.level'),
      head: '',
      width: 26,
      sort: (incident) => -levels.indexOf(incident.level),
      cell: (incident) => <Severity level={incident.level} />,
    },
    {
      id: 'number',
      header: t('incidents.number'),
      width: 118,
      sort: (incident) => incident.label,
      cell: (incident) => (
        <a className="mono incident-number" href={to(`/incidents/${incident.label}`, { tenant: incident.tenant })}>
          {incident.label}
        </a>
      ),
    },
    {
      id: 'phase',
      header: t('incidents.phase'),
      width: 130,
      sort: (incident) => phases.indexOf(incident.phase as PhaseName),
      cell: (incident) => <Phase phase={incident.phase} word />,
    },
    {
      id: 'title',
      header: t('incidents.name'),
      cell: (incident) => (
        <span className="medium" title={title(incident)}>
          {title(incident)}
        </span>
      ),
    },
  ];
}

function Few({ kind, values }: { kind: string; values: readonly string[] }) {
  const { t } = useTranslation();
  const rest = values.length - 2;
  return (
    <span className="row">
      {values.slice(0, 2).map((value) => (
        <Entity key={value} kind={kind} value={value} />
      ))}
      {rest > 0 && <span className="faint small">{t('incidents.more', { count: rest })}</span>}
    </span>
  );
}
