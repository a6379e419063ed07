import { Menu } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useSetStatus } from '~/api/incidents';
import type { IncidentDetail, Status } from '~/api/nouns';
import { useSpan, useTitle } from '~/lib/words';
import { Entity } from '~/parts/Entity';
import { Phase } from '~/parts/Phase';
import { ScopedLink } from '~/parts/ScopedLink';
import { Severity } from '~/parts/Severity';
import { useFailureText } from '~/parts/States';
import { tell, tellFailure } from '~/parts/tell';
import { Time } from '~/parts/Time';
import { useTenant } from '~/parts/viewer';

const statuses = ['open', 'in_progress', 'closed'] as const;

/** The head of an incident: number, title, and the facts by which one knows it. */
export function Facts({ incident }: { incident: IncidentDetail }) {
  const { t } = useTranslation();
  const title = useTitle();
  const write = useSpan();
  const tenant = useTenant();
  const lasted = (Date.parse(incident.last) - Date.parse(incident.first)) / 1000;
  return (
    <header className="panel incident-facts">
      <div className="row">
        <ScopedLink to="/incidents" className="faint small no-print">
          {t('incidents.back')}
        </ScopedLink>
        <span className="mono dim">{incident.label}</span>
        <h1>{title(incident)}</h1>
      </div>
      <dl>
        <Fact name={t('incidents.level')}>
          <Severity level={incident.level} word />
        </Fact>
        <Fact name={t('incidents.phase')}>
          <Phase phase={incident.phase} word />
        </Fact>
        <Fact name={t('incidents.status')}>
          <StatusMenu incident={incident} />
        </Fact>
        <Fact name={t('incidents.tenant')}>{tenant(incident.tenant)?.name ?? incident.tenant}</Fact>
        <Fact name={t('incidents.hosts')}>
          <Entities kind="host" values={incident.hosts} />
        </Fact>
        <Fact name={t('incidents.users')}>
          <Entities kind="user" values={incident.users} />
        </Fact>
        <Fact name={t('incidents.first')}>
          <Time at={incident.first} style="minute" tenant={incident.tenant} />
        </Fact>
        <Fact name={t('incidents.lasted')}>{write(lasted)}</Fact>
        {incident.updated_by && incident.updated_at && (
          <Fact name={t('incidents.updated')}>
            {incident.updated_by} <Time at={incident.updated_at} style="minute" tenant={incident.tenant} />
          </Fact>
        )}
      </dl>
    </header>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Entities({ kind, values }: { kind: string; values: readonly string[] }) {
  const { t } = useTranslation();
  const rest = values.length - 3;
  return (
    <>
      {values.slice(0, 3).map((value) => (
        <Entity key={value} kind={kind} value={value} />
      ))}
      {values.length === 0 && t('common.none')}
      {rest > 0 && <span className="faint small">{t('incidents.more', { count: rest })}</span>}
    </>
  );
}

function StatusMenu({ incident }: { incident: IncidentDetail }) {
  const { t } = useTranslation();
  const say = useFailureText();
  const change = useSetStatus(incident.id);
  const to = (status: Status) =>
    change.mutate(status, {
      onSuccess: () => {
        tell(t('incidents.statusChanged', { status: t(`status.${status}`) }), {
          label: t('alerts.undo'),
          deed: () => change.mutate(incident.status),
        });
      },
      onError: (error) => tellFailure(say(error)),
    });
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <button type="button" className="button" title={t('incidents.changeStatus')}>
          {t(`status.${incident.status}`)}
          <span className="caret" aria-hidden />
        </button>
      </Menu.Target>
      <Menu.Dropdown aria-label={t('incidents.changeStatus')}>
        {statuses
          .filter((status) => status !== incident.status)
          .map((status) => (
            <Menu.Item key={status} onClick={() => to(status)}>
              {t(`status.${status}`)}
            </Menu.Item>
          ))}
      </Menu.Dropdown>
    </Menu>
  );
}
