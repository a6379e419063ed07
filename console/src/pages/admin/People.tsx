import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useChangePerson, usePeople, useResetPassword } from '~/api/people';
import type { Person } from '~/api/nouns';
import { useAddress } from '~/lib/address';
import { DataTable, type Column } from '~/parts/DataTable/DataTable';
import { Confirm, Dialog } from '~/parts/Dialog';
import { Empty, useFailureText } from '~/parts/States';
import { tellFailure } from '~/parts/tell';
import { useTenant, useViewer } from '~/parts/viewer';
import { NewPerson } from './NewPerson';
import { RowMenu } from './RowMenu';
import { Secret } from './Secret';

const keyOf = (person: Person) => person.id;

/** Who may sign in, as what, and to which tenants. */
export function People() {
  const { t } = useTranslation();
  const say = useFailureText();
  const { get, set } = useAddress();
  const people = usePeople();
  const change = useChangePerson();
  const reset = useResetPassword();
  const [adding, setAdding] = useState(false);
  const [leaving, setLeaving] = useState<Person | null>(null);
  const [fresh, setFresh] = useState<{ name: string; password: string } | null>(null);
  const failed = { onError: (error: Error) => tellFailure(say(error)) };
  const name = (person: Person) => person.display_name || person.name;
  const columns = useColumns({
    role: (person) =>
      change.mutate({ id: person.id, role: person.role === 'administrator' ? 'analyst' : 'administrator' }, failed),
    reset: (person) =>
      reset.mutate(person.id, {
        ...failed,
        onSuccess: ({ password }) => setFresh({ name: name(person), password }),
      }),
    toggle: (person) =>
      person.disabled ? change.mutate({ id: person.id, disabled: false }, failed) : setLeaving(person),
  });
  return (
    <>
      <div className="admin-bar">
        <button type="button" className="button primary" onClick={() => setAdding(true)}>
          {t('admin.person.add')}
        </button>
        {people.data && <span className="end faint small">{t('common.count', { count: people.data.length })}</span>}
      </div>
      <DataTable
        label={t('admin.people')}
        rows={people.data}
        columns={columns}
        keyOf={keyOf}
        error={people.error}
        retry={() => void people.refetch()}
        selected={get('person')}
        onSelect={(person) => set({ person })}
        empty={<Empty text={t('admin.person.empty')} />}
      />
      {adding && (
        <NewPerson
          onClose={() => setAdding(false)}
          onDone={(person, password) => {
            setAdding(false);
            if (password) setFresh({ name: name(person), password });
          }}
        />
      )}
      {fresh && (
        <Dialog title={t('admin.person.once', { name: fresh.name })} opened onClose={() => setFresh(null)}>
          <Secret label={t('signIn.password')} value={fresh.password} note={t('admin.person.onceNote')} />
        </Dialog>
      )}
      <Confirm
        text={leaving && t('admin.person.confirmDisable', { name: name(leaving) })}
        action={t('admin.person.disable')}
        busy={change.isPending}
        onConfirm={() => {
          if (leaving) change.mutate({ id: leaving.id, disabled: true }, failed);
          setLeaving(null);
        }}
        onClose={() => setLeaving(null)}
      />
    </>
  );
}

type Deeds = { role: (person: Person) => void; reset: (person: Person) => void; toggle: (person: Person) => void };

function useColumns(deeds: Deeds): Column<Person>[] {
  const { t } = useTranslation();
  const tenant = useTenant();
  const { person: me } = useViewer();
  const tenants = useMemo(
    () => (person: Person) =>
      person.all_tenants ? t('admin.person.all') : person.tenants.map((id) => tenant(id)?.name ?? id).join(', '),
    [t, tenant],
  );
  return [
    {
      id: 'name',
      header: t('admin.person.name'),
      width: 180,
      sort: (row) => row.name,
      cell: (row) => <span className="mono">{row.name}</span>,
    },
    {
      id: 'display',
      header: t('admin.person.display'),
      sort: (row) => row.display_name,
      cell: (row) => <b className="medium">{row.display_name}</b>,
    },
    {
      id: 'role',
      header: t('admin.person.role'),
      width: 120,
      sort: (row) => row.role,
      cell: (row) => t(`role.${row.role}`),
    },
    {
      id: 'tenants',
      header: t('admin.person.tenants'),
      cell: (row) => <span title={tenants(row)}>{tenants(row)}</span>,
    },
    {
      id: 'state',
      header: t('admin.person.state'),
      width: 90,
      cell: (row) =>
        row.disabled ? (
          <span className="warn">{t('admin.person.disabled')}</span>
        ) : (
          <span className="ok">{t('admin.person.enabled')}</span>
        ),
    },
    {
      id: 'menu',
      header: t('common.rowMenu'),
      head: '',
      width: 40,
      right: true,
      cell: (row) =>
        row.id !== me.id && (
          <RowMenu
            name={row.name}
            deeds={[
              {
                label: t(row.role === 'administrator' ? 'admin.person.toAnalyst' : 'admin.person.toAdministrator'),
                deed: () => deeds.role(row),
              },
              { label: t('admin.person.reset'), deed: () => deeds.reset(row) },
              {
                label: t(row.disabled ? 'admin.person.enable' : 'admin.person.disable'),
                deed: () => deeds.toggle(row),
              },
            ]}
          />
        ),
    },
  ];
}
