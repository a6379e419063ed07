import { useState, type SubmitEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useCreateToken, useDeleteToken, useTokens } from '~/api/tokens';
import type { Token } from '~/api/nouns';
import { useAddress } from '~/lib/address';
import { DataTable, type Column } from '~/parts/DataTable/DataTable';
import { Confirm, Dialog } from '~/parts/Dialog';
import { Empty, useFailureText } from '~/parts/States';
import { tellFailure } from '~/parts/tell';
import { Time } from '~/parts/Time';
import { FormField } from './FormField';
import { Secret } from './Secret';

const keyOf = (token: Token) => token.id;

/** One's own API tokens. */
export function Tokens() {
  const { t } = useTranslation();
  const say = useFailureText();
  const { get, set } = useAddress();
  const tokens = useTokens();
  const remove = useDeleteToken();
  const [adding, setAdding] = useState(false);
  const [leaving, setLeaving] = useState<Token | null>(null);
  const columns: Column<Token>[] = [
    {
      id: 'name',
      header: t('admin.token.name'),
      sort: (row) => row.name,
      cell: (row) => <b className="medium">{row.name}</b>,
    },
    {
      id: 'created',
      header: t('admin.token.created'),
      width: 180,
      sort: (row) => row.created,
      cell: (row) => <Time at={row.created} style="full" />,
    },
    {
      id: 'used',
      header: t('admin.token.used'),
      width: 180,
      sort: (row) => row.last_used ?? '',
      cell: (row) =>
        row.last_used ? (
          <Time at={row.last_used} style="full" />
        ) : (
          <span className="faint">{t('admin.token.never')}</span>
        ),
    },
    {
      id: 'delete',
      header: t('admin.token.delete'),
      head: '',
      width: 120,
      right: true,
      cell: (row) => (
        <button type="button" className="button small-button" onClick={() => setLeaving(row)}>
          {t('admin.token.delete')}
        </button>
      ),
    },
  ];
  return (
    <>
      <div className="admin-bar">
        <button type="button" className="button primary" onClick={() => setAdding(true)}>
          {t('admin.token.add')}
        </button>
      </div>
      <DataTable
        label={t('admin.tokens')}
        rows={tokens.data}
        columns={columns}
        keyOf={keyOf}
        error={tokens.error}
        retry={() => void tokens.refetch()}
        selected={get('row')}
        onSelect={(row) => set({ row })}
        empty={<Empty text={t('admin.token.empty')} next={t('admin.token.emptyNext')} />}
      />
      {adding && <NewToken onClose={() => setAdding(false)} />}
      <Confirm
        text={leaving && t('admin.token.confirmDelete', { name: leaving.name })}
        action={t('admin.token.delete')}
        busy={remove.isPending}
        onConfirm={() => {
          if (leaving) remove.mutate(leaving.id, { onError: (error) => tellFailure(say(error)) });
          setLeaving(null);
        }}
        onClose={() => setLeaving(null)}
      />
    </>
  );
}

function NewToken({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const say = useFailureText();
  const create = useCreateToken();
  const [name, setName] = useState('');
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    create.mutate(name.trim());
  };
  return (
    <Dialog title={t(create.data ? 'admin.token.once' : 'admin.token.add')} opened onClose={onClose} size={560}>
      {create.data ? (
        <Secret label={name} value={create.data.token} note={t('admin.token.onceNote')} />
      ) : (
        <form className="form" onSubmit={submit}>
          <FormField
            label={t('admin.token.name')}
            required
            autoFocus
            maxLength={100}
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
          {create.error && (
            <p role="alert" className="bad">
              {say(create.error)}
            </p>
          )}
          <button type="submit" className="button primary" disabled={create.isPending}>
            {t('common.create')}
          </button>
        </form>
      )}
    </Dialog>
  );
}
