import { useTranslation } from 'react-i18next';
import type { Source } from '~/api/nouns';
import { number } from '~/lib/words';
import type { Column } from '~/parts/DataTable/DataTable';
import { ScopedLink } from '~/parts/ScopedLink';
import { Time } from '~/parts/Time';
import { useSiteName, useTenant } from '~/parts/viewer';
import { RowMenu } from './RowMenu';

type Deeds = {
  connect: (source: Source) => void;
  rotate: (source: Source) => void;
  toggle: (source: Source) => void;
};

/** The columns of the sources. */
export function useSourceColumns(deeds: Deeds): Column<Source>[] {
  const { t } = useTranslation();
  const tenant = useTenant();
  const site = useSiteName();
  return [
    {
      id: 'name',
      header: t('admin.source.name'),
      sort: (row) => row.name,
      cell: (row) => <b className="medium">{row.name}</b>,
    },
    {
      id: 'id',
      header: t('admin.source.id'),
      width: 150,
      sort: (row) => row.id,
      cell: (row) => <span className="mono dim">{row.id}</span>,
    },
    {
      id: 'tenant',
      header: t('admin.source.tenant'),
      width: 130,
      sort: (row) => row.tenant,
      cell: (row) => tenant(row.tenant)?.name ?? row.tenant,
    },
    {
      id: 'site',
      header: t('admin.source.site'),
      width: 90,
      cell: (row) => <span className="dim">{site(row.tenant, row.site)}</span>,
    },
    {
      id: 'format',
      header: t('admin.source.format'),
      width: 96,
      sort: (row) => row.format,
      cell: (row) => <span className="mono">{row.format}</span>,
    },
    {
      id: 'last',
      header: t('admin.source.last'),
      width: 116,
      sort: (row) => row.last_received ?? '',
      cell: (row) =>
        row.last_received ? <Time at={row.last_received} /> : <span className="faint">{t('admin.source.never')}</span>,
    },
    {
      id: 'events',
      header: t('admin.source.perHour'),
      width: 72,
      right: true,
      sort: (row) => row.events_1h,
      cell: (row) => (
        <ScopedLink to="/search" params={{ q: `source:${row.id}`, from: 'now-1h' }}>
          {number(row.events_1h)}
        </ScopedLink>
      ),
    },
    {
      id: 'unparsed',
      header: t('admin.source.unparsed'),
      width: 76,
      right: true,
      sort: (row) => row.unparsed_1h,
      cell: (row) => <span className={row.unparsed_1h > 0 ? 'warn' : 'faint'}>{number(row.unparsed_1h)}</span>,
    },
    {
      id: 'refused',
      header: t('admin.source.refused'),
      width: 66,
      right: true,
      sort: (row) => row.refused,
      cell: (row) => <span className={row.refused > 0 ? 'warn' : 'faint'}>{number(row.refused)}</span>,
    },
    {
      id: 'state',
      header: t('admin.source.state'),
      width: 84,
      cell: (row) =>
        row.off ? (
          <span className="warn">{t('admin.source.off')}</span>
        ) : (
          <span className="ok">{t('admin.source.on')}</span>
        ),
    },
    {
      id: 'menu',
      header: t('common.rowMenu'),
      head: '',
      width: 40,
      right: true,
      cell: (row) => (
        <RowMenu
          name={row.name}
          deeds={[
            { label: t('admin.source.connect'), deed: () => deeds.connect(row) },
            { label: t('admin.source.rotate'), deed: () => deeds.rotate(row) },
            { label: t(row.off ? 'admin.source.turnOn' : 'admin.source.turnOff'), deed: () => deeds.toggle(row) },
          ]}
        />
      ),
    },
  ];
}
