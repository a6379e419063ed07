import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { useRules } from '~/api/rules';
import type { RuleProblem } from '~/api/nouns';
import { DataTable, type Column } from '~/parts/DataTable/DataTable';
import { Empty } from '~/parts/States';

const keyOf = (problem: RuleProblem) => `${problem.file}:${problem.line}:${problem.field}:${problem.reason}`;

/** Rules that were refused at load or that wait for values, with where and why. */
export function Problems({ rules, of }: { rules: ReturnType<typeof useRules>; of: 'problems' | 'waiting' }) {
  const { t } = useTranslation();
  const columns = useMemo(
    (): Column<RuleProblem>[] => [
      {
        id: 'file',
        header: t('rules.file'),
        width: 300,
        sort: (row) => row.file,
        cell: (row) => <span className="mono">{row.file}</span>,
      },
      { id: 'line', header: t('rules.line'), width: 56, right: true, cell: (row) => (row.line > 0 ? row.line : '') },
      {
        id: 'field',
        header: t('rules.field'),
        width: 340,
        sort: (row) => row.field,
        cell: (row) => <span className="mono">{row.field}</span>,
      },
      {
        id: 'reason',
        header: t('rules.reason'),
        sort: (row) => row.reason,
        cell: (row) => <span title={row.reason}>{row.reason}</span>,
      },
    ],
    [t],
  );
  return (
    <DataTable
      label={t(of === 'waiting' ? 'rules.waiting' : 'rules.problems')}
      rows={rules.data?.[of]}
      columns={columns}
      keyOf={keyOf}
      error={rules.error}
      retry={() => void rules.refetch()}
      empty={<Empty text={t('rules.noProblems')} />}
    />
  );
}
