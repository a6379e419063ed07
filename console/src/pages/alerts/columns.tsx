import type { TFunction } from 'i18next';
import type { Item } from '~/api/nouns';
import { levels, phases, type PhaseName } from '~/lib/words';
import { Age } from '~/parts/Age';
import type { Column } from '~/parts/DataTable/DataTable';
import { Entity } from '~/parts/Entity';
import { Phase } from '~/parts/Phase';
import { Severity } from '~/parts/Severity';
import { Verdict } from '~/parts/Verdict';

/** The columns of the queue. */
export function columns(
  t: TFunction,
  title: (item: Item) => string,
  site: (tenant: string, site: string) => string,
): Column<Item>[] {
  return [
    {
      id: 'level',
      header: t('alerts.level'),
      head: '',
      width: 26,
      cell: (item) => <Severity level={item.level} />,
    },
    {
      id: 'phase',
      header: t('incidents.phase'),
      head: '',
      width: 36,
      sort: (item) => phases.indexOf(item.phase as PhaseName),
      cell: (item) => <Phase phase={item.phase} />,
    },
    {
      id: 'rule',
      header: t('alerts.rule'),
      sort: title,
      cell: (item) => (
        <span className="rule-cell">
          <span className={`cut${levels.indexOf(item.level) < 2 ? ' medium' : ''}`} title={title(item)}>
            {title(item)}
          </span>
          {item.incident_number > 0 && (
            <span className="incident-tag">{String(item.incident_number).padStart(4, '0')}</span>
          )}
        </span>
      ),
    },
    {
      id: 'count',
      header: t('alerts.count'),
      width: 36,
      right: true,
      from: 1400,
      sort: (item) => item.alerts,
      cell: (item) => <span className="faint">{item.alerts}</span>,
    },
    {
      id: 'subject',
      header: t('alerts.subject'),
      width: 116,
      sort: (item) => item.subject.value,
      cell: (item) => item.subject.value && <Entity kind={item.subject.kind} value={item.subject.value} />,
    },
    {
      id: 'site',
      header: t('alerts.site'),
      width: 68,
      from: 1600,
      sort: (item) => item.site,
      cell: (item) => <span className="dim">{site(item.tenant, item.site)}</span>,
    },
    {
      id: 'age',
      header: t('alerts.age'),
      width: 72,
      right: true,
      sort: (item) => -Date.parse(item.last),
      cell: (item) => (
        <span className="dim">
          <Age since={item.last} />
        </span>
      ),
    },
    {
      id: 'verdict',
      header: t('alerts.verdict'),
      width: 50,
      cell: (item) =>
        item.reopened ? (
          <span className="warn" title={t('alerts.reopenedNote')}>
            {t('alerts.reopened')}
          </span>
        ) : (
          item.judgement && <Verdict verdict={item.judgement.verdict} />
        ),
    },
  ];
}
