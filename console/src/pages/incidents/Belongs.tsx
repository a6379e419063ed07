import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import type { IncidentDetail, IncidentItem } from '~/api/nouns';
import { useAddress } from '~/lib/address';
import { usePick, useTitle } from '~/lib/words';
import { DataTable, type Column } from '~/parts/DataTable/DataTable';
import { Entity } from '~/parts/Entity';
import { Phase } from '~/parts/Phase';
import { Severity } from '~/parts/Severity';
import { Empty } from '~/parts/States';
import { Time } from '~/parts/Time';
import { Verdict } from '~/parts/Verdict';

const keyOf = (item: IncidentItem) => item.id;

/** The items of the incident, each with the reason why it belongs. */
export function Belongs({ incident }: { incident: IncidentDetail }) {
  const { t } = useTranslation();
  const { get, set, to } = useAddress();
  const navigate = useNavigate();
  const columns = useColumns();
  return (
    <DataTable
      label={t('incidents.belongs')}
      rows={incident.items}
      columns={columns}
      keyOf={keyOf}
      selected={get('item')}
      onSelect={(item) => set({ item })}
      onOpen={(item) => void navigate(to('/alerts', { state: 'all', incident: incident.id, item: item.id }))}
      empty={<Empty text={t('incidents.empty')} />}
    />
  );
}

function useColumns(): Column<IncidentItem>[] {
  const { t } = useTranslation();
  const title = useTitle();
  const pick = usePick();
  return useMemo(
    () => [
      {
        id: 'level',
        header: t('incidents.level'),
        head: '',
        width: 26,
        cell: (item) => <Severity level={item.level} />,
      },
      { id: 'phase', header: t('incidents.phase'), head: '', width: 44, cell: (item) => <Phase phase={item.phase} /> },
      {
        id: 'first',
        header: t('incidents.first'),
        width: 118,
        sort: (item) => item.first,
        cell: (item) => <Time at={item.first} tenant={item.tenant} />,
      },
      {
        id: 'title',
        header: t('alerts.rule'),
        sort: title,
        cell: (item) => <span title={title(item)}>{title(item)}</span>,
      },
      {
        id: 'subject',
        header: t('alerts.subject'),
        width: 130,
        sort: (item) => item.subject.value,
        cell: (item) => item.subject.value && <Entity kind={item.subject.kind} value={item.subject.value} />,
      },
      {
        id: 'alerts',
        header: t('incidents.alerts'),
        width: 66,
        right: true,
        sort: (item) => item.alerts,
        cell: (item) => item.alerts,
      },
      {
        id: 'why',
        header: t('incidents.why'),
        cell: (item) => {
          const text = pick(item.reason.text, item.reason.text_ja);
          return <span title={text}>{text}</span>;
        },
      },
      {
        id: 'verdict',
        header: t('alerts.verdict'),
        width: 70,
        from: 1400,
        cell: (item) => item.judgement && <Verdict verdict={item.judgement.verdict} />,
      },
    ],
    [t, title, pick],
  );
}
