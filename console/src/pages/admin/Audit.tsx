import { useTranslation } from 'react-i18next';
import { useAudit } from '~/api/audit';
import type { AuditEntry } from '~/api/nouns';
import { useAddress } from '~/lib/address';
import { DataTable, type Column } from '~/parts/DataTable/DataTable';
import { Empty } from '~/parts/States';
import { Time } from '~/parts/Time';
import { useTenant } from '~/parts/viewer';

const keyOf = (entry: AuditEntry) => String(entry.id);

/** Who did what, newest first. */
export function Audit() {
  const { t } = useTranslation();
  const { get, set } = useAddress();
  const tenant = useTenant();
  const audit = useAudit();
  const columns: Column<AuditEntry>[] = [
    { id: 'at', header: t('admin.auditLog.at'), width: 160, cell: (row) => <Time at={row.at} style="full" /> },
    { id: 'by', header: t('admin.auditLog.by'), width: 150, cell: (row) => row.by_name || row.by },
    {
      id: 'action',
      header: t('admin.auditLog.action'),
      width: 160,
      cell: (row) => <span className="mono">{row.action}</span>,
    },
    {
      id: 'target',
      header: t('admin.auditLog.target'),
      cell: (row) => (
        <span className="mono" title={row.target}>
          {row.target}
        </span>
      ),
    },
    { id: 'detail', header: t('admin.auditLog.detail'), cell: (row) => <span title={row.detail}>{row.detail}</span> },
    {
      id: 'tenant',
      header: t('admin.auditLog.tenant'),
      width: 130,
      cell: (row) => <span className="dim">{tenant(row.tenant)?.name ?? row.tenant}</span>,
    },
    {
      id: 'address',
      header: t('admin.auditLog.address'),
      width: 120,
      cell: (row) => <span className="mono dim">{row.address}</span>,
    },
  ];
  return (
    <DataTable
      label={t('admin.audit')}
      rows={audit.data?.pages.flatMap((page) => page.entries)}
      columns={columns}
      keyOf={keyOf}
      error={audit.error}
      retry={() => void audit.refetch()}
      selected={get('row')}
      onSelect={(row) => set({ row })}
      more={{ has: audit.hasNextPage, busy: audit.isFetchingNextPage, load: () => void audit.fetchNextPage() }}
      empty={<Empty text={t('admin.auditLog.empty')} />}
    />
  );
}
