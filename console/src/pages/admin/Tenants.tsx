import { useState, type SubmitEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useCreateSite, useCreateTenant, useTenants } from '~/api/tenants';
import type { Tenant } from '~/api/nouns';
import { useAddress } from '~/lib/address';
import { DataTable, type Column } from '~/parts/DataTable/DataTable';
import { Dialog } from '~/parts/Dialog';
import { Empty, useFailureText } from '~/parts/States';
import { FormField } from './FormField';

const keyOf = (tenant: Tenant) => tenant.id;
const idPattern = '[a-z0-9][a-z0-9\\-]{0,31}';

/** Tenants and their sites. */
export function Tenants() {
  const { t } = useTranslation();
  const { get, set } = useAddress();
  const tenants = useTenants();
  const [adding, setAdding] = useState(false);
  const [widening, setWidening] = useState<Tenant | null>(null);
  const columns: Column<Tenant>[] = [
    {
      id: 'name',
      header: t('admin.tenant.name'),
      width: 240,
      sort: (row) => row.name,
      cell: (row) => <b className="medium">{row.name}</b>,
    },
    {
      id: 'id',
      header: t('admin.tenant.id'),
      width: 170,
      sort: (row) => row.id,
      cell: (row) => <span className="mono dim">{row.id}</span>,
    },
    { id: 'zone', header: t('admin.tenant.zone'), width: 170, cell: (row) => <span className="mono">{row.zone}</span> },
    {
      id: 'sites',
      header: t('admin.tenant.sites'),
      cell: (row) =>
        row.sites.length === 0 ? (
          <span className="faint">{t('admin.tenant.noSites')}</span>
        ) : (
          row.sites.map((site) => site.name).join(', ')
        ),
    },
    {
      id: 'add',
      header: t('admin.tenant.addSite'),
      head: '',
      width: 130,
      right: true,
      cell: (row) => (
        <button type="button" className="button small-button" onClick={() => setWidening(row)}>
          {t('admin.tenant.addSite')}
        </button>
      ),
    },
  ];
  return (
    <>
      <div className="admin-bar">
        <button type="button" className="button primary" onClick={() => setAdding(true)}>
          {t('admin.tenant.add')}
        </button>
        {tenants.data && <span className="end faint small">{t('common.count', { count: tenants.data.length })}</span>}
      </div>
      <DataTable
        label={t('admin.tenants')}
        rows={tenants.data}
        columns={columns}
        keyOf={keyOf}
        error={tenants.error}
        retry={() => void tenants.refetch()}
        selected={get('row')}
        onSelect={(row) => set({ row })}
        empty={<Empty text={t('admin.tenant.empty')} />}
      />
      {adding && <NewTenant onClose={() => setAdding(false)} />}
      {widening && <NewSite tenant={widening} onClose={() => setWidening(null)} />}
    </>
  );
}

function NewTenant({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const create = useCreateTenant();
  return (
    <NamedForm
      title={t('admin.tenant.add')}
      error={create.error}
      busy={create.isPending}
      onClose={onClose}
      onSubmit={(text) =>
        create.mutate({ id: text('id'), name: text('name'), zone: text('zone') }, { onSuccess: onClose })
      }
    >
      <FormField name="zone" label={t('admin.tenant.zone')} required defaultValue="Asia/Tokyo" mono />
    </NamedForm>
  );
}

function NewSite({ tenant, onClose }: { tenant: Tenant; onClose: () => void }) {
  const { t } = useTranslation();
  const create = useCreateSite();
  return (
    <NamedForm
      title={`${tenant.name} ${t('admin.tenant.addSite')}`}
      error={create.error}
      busy={create.isPending}
      onClose={onClose}
      onSubmit={(text) =>
        create.mutate({ tenant: tenant.id, id: text('id'), name: text('name') }, { onSuccess: onClose })
      }
    />
  );
}

type FormProps = {
  title: string;
  error: Error | null;
  busy: boolean;
  onClose: () => void;
  onSubmit: (text: (name: string) => string) => void;
  children?: React.ReactNode;
};

function NamedForm({ title, error, busy, onClose, onSubmit, children }: FormProps) {
  const { t } = useTranslation();
  const say = useFailureText();
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    onSubmit((name) => ((form.get(name) as string | null) ?? '').trim());
  };
  return (
    <Dialog title={title} opened onClose={onClose}>
      <form className="form" onSubmit={submit}>
        <FormField name="name" label={t('admin.tenant.name')} required autoFocus maxLength={200} />
        <FormField
          name="id"
          label={t('admin.tenant.id')}
          help={t('admin.tenant.idHelp')}
          required
          pattern={idPattern}
          mono
        />
        {children}
        {error && (
          <p role="alert" className="bad">
            {say(error)}
          </p>
        )}
        <button type="submit" className="button primary" disabled={busy}>
          {t('common.create')}
        </button>
      </form>
    </Dialog>
  );
}
