import { useTranslation } from 'react-i18next';
import type { Overview } from '~/api/nouns';
import { useTitle } from '~/lib/words';
import { Phase } from '~/parts/Phase';
import { ScopedLink } from '~/parts/ScopedLink';
import { Severity } from '~/parts/Severity';
import { Empty } from '~/parts/States';
import { Time } from '~/parts/Time';
import { useTenant } from '~/parts/viewer';

const most = 5;

/** The incidents that are being worked on. */
export function Working({ data }: { data: Overview }) {
  const { t } = useTranslation();
  const title = useTitle();
  const tenant = useTenant();
  return (
    <section className="panel overview-working" aria-label={t('overview.incidents')}>
      <div className="panel-head">
        <h2>{t('overview.incidents')}</h2>
        <ScopedLink to="/incidents" className="end dim small">
          {t('overview.incidentsLink')} {data.incidents_open.length}
        </ScopedLink>
      </div>
      {data.incidents_open.length === 0 ? (
        <Empty text={t('overview.noIncidents')} />
      ) : (
        <table className="plain-table working">
          <thead>
            <tr>
              <th aria-label={t('incidents.level')} />
              <th>{t('incidents.number')}</th>
              <th>{t('incidents.name')}</th>
              <th>{t('incidents.phase')}</th>
              <th>{t('incidents.tenant')}</th>
              <th className="right">{t('incidents.items')}</th>
              <th className="right">{t('incidents.alerts')}</th>
              <th>{t('incidents.last')}</th>
              <th>{t('incidents.status')}</th>
            </tr>
          </thead>
          <tbody>
            {data.incidents_open.slice(0, most).map((incident) => (
              <tr key={incident.id}>
                <td>
                  <Severity level={incident.level} />
                </td>
                <td>
                  <ScopedLink
                    to={`/incidents/${incident.label}`}
                    params={{ tenant: incident.tenant }}
                    className="mono underlined"
                  >
                    {incident.label}
                  </ScopedLink>
                </td>
                <td title={title(incident)}>{title(incident)}</td>
                <td>
                  <Phase phase={incident.phase} word />
                </td>
                <td className="dim">{tenant(incident.tenant)?.name ?? incident.tenant}</td>
                <td className="right">{incident.item_count}</td>
                <td className="right">{incident.alert_count}</td>
                <td>
                  <Time at={incident.last} style="minute" tenant={incident.tenant} />
                </td>
                <td>{t(`status.${incident.status}`)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
