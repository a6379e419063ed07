import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Rule } from '~/api/nouns';
import { levels, number, percent, useTitle } from '~/lib/words';
import { ScopedLink } from '~/parts/ScopedLink';
import { Severity } from '~/parts/Severity';
import { Time } from '~/parts/Time';
import type { Column } from '~/parts/DataTable/DataTable';
import { Badges } from './State';

/** How many of a rule's items were judged, and how many of them as false positive or over-detection. */
export function judged(rule: { verdicts: Record<string, number> }): { all: number; wrong: number } {
  const all = Object.values(rule.verdicts).reduce((sum, n) => sum + n, 0);
  return { all, wrong: (rule.verdicts.false_positive ?? 0) + (rule.verdicts.over_detection ?? 0) };
}

/** The columns of the list of rules. */
export function useRuleColumns(): Column<Rule>[] {
  const { t } = useTranslation();
  const title = useTitle();
  return useMemo(
    () => [
      {
        id: 'level',
        header: t('rules.level'),
        head: '',
        width: 26,
        cell: (rule) => <Severity level={rule.level} />,
      },
      {
        id: 'rule',
        header: t('rules.rule'),
        sort: title,
        cell: (rule) => (
          <>
            <ScopedLink to={`/rules/${encodeURIComponent(rule.id)}`} title={title(rule)} tabIndex={-1}>
              {title(rule)}
            </ScopedLink>
            <Badges rule={rule} />
          </>
        ),
      },
      {
        id: 'severity',
        header: t('alerts.level'),
        width: 112,
        sort: (rule) => -levels.indexOf(rule.level),
        cell: (rule) => <span className="dim">{t(`level.${rule.level}`)}</span>,
      },
      {
        id: 'log',
        header: t('rules.log'),
        width: 190,
        sort: log,
        cell: (rule) => <span className="mono dim">{log(rule)}</span>,
      },
      {
        id: 'status',
        header: t('rules.status'),
        width: 96,
        from: 1400,
        sort: (rule) => rule.status,
        cell: (rule) => <span className="dim">{rule.status}</span>,
      },
      figure('hits24', t('rules.hits24'), 70, (rule) => rule.alerts_24h),
      figure('hits', t('rules.hits'), 70, (rule) => rule.alerts_total),
      figure('open', t('rules.open'), 70, (rule) => rule.items_open),
      {
        id: 'fp',
        header: t('rules.fp'),
        width: 110,
        right: true,
        sort: (rule) => judged(rule).wrong / Math.max(1, judged(rule).all),
        cell: (rule) => <Wrong rule={rule} />,
      },
      {
        id: 'last',
        header: t('rules.lastHit'),
        width: 110,
        right: true,
        sort: (rule) => rule.last_hit ?? '',
        cell: (rule) =>
          rule.last_hit ? (
            <Time at={rule.last_hit} style="minute" />
          ) : (
            <span className="faint">
              {t(rule.level === 'informational' || rule.silent ? 'rules.noAlert' : 'rules.never')}
            </span>
          ),
      },
    ],
    [t, title],
  );
}

function log(rule: Rule): string {
  return [rule.product, rule.category, rule.service].filter(Boolean).join(' / ');
}

function figure(id: string, header: string, width: number, value: (rule: Rule) => number): Column<Rule> {
  return {
    id,
    header,
    width,
    right: true,
    sort: value,
    cell: (rule) => <span className={value(rule) === 0 ? 'faint' : ''}>{number(value(rule))}</span>,
  };
}

function Wrong({ rule }: { rule: Rule }) {
  const { all, wrong } = judged(rule);
  if (all === 0) return <span className="faint">–</span>;
  return (
    <span>
      {percent(wrong, all)} <span className="faint">({`${wrong}/${all}`})</span>
    </span>
  );
}
