import { useState, type SubmitEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useCreatePerson } from '~/api/people';
import type { Person } from '~/api/nouns';
import { Dialog } from '~/parts/Dialog';
import { useFailureText } from '~/parts/States';
import { useViewer } from '~/parts/viewer';
import { FormField } from './FormField';

type Props = { onClose: () => void; onDone: (person: Person, password: string | undefined) => void };

/** Adds a person. */
export function NewPerson({ onClose, onDone }: Props) {
  const { t } = useTranslation();
  const say = useFailureText();
  const { tenants } = useViewer();
  const create = useCreatePerson();
  const [all, setAll] = useState(false);
  const [some, setSome] = useState<ReadonlySet<string>>(new Set());
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = (name: string) => ((form.get(name) as string | null) ?? '').trim();
    create.mutate(
      {
        name: text('name'),
        display_name: text('display'),
        role: text('role') === 'administrator' ? 'administrator' : 'analyst',
        password: text('password') || undefined,
        ...(all ? { all_tenants: true } : { tenants: [...some] }),
      },
      { onSuccess: ({ person, password }) => onDone(person, password) },
    );
  };
  const toggle = (id: string) => {
    const next = new Set(some);
    if (!next.delete(id)) next.add(id);
    setSome(next);
  };
  const nowhere = !all && some.size === 0;
  return (
    <Dialog title={t('admin.person.add')} opened onClose={onClose} size={520}>
      <form className="form" onSubmit={submit}>
        <div className="form-two">
          <FormField
            name="name"
            label={t('admin.person.name')}
            required
            autoFocus
            mono
            pattern="[a-z0-9][a-z0-9._@\-]{0,63}"
          />
          <FormField name="display" label={t('admin.person.display')} required maxLength={200} />
          <label>
            {t('admin.person.role')}
            <select className="field" name="role" defaultValue="analyst">
              <option value="analyst">{t('role.analyst')}</option>
              <option value="administrator">{t('role.administrator')}</option>
            </select>
          </label>
          <FormField
            name="password"
            label={t('admin.person.password')}
            type="password"
            minLength={12}
            autoComplete="new-password"
          />
        </div>
        <fieldset className="form-checks">
          <legend>{t('admin.person.tenants')}</legend>
          <label>
            <input type="checkbox" checked={all} onChange={() => setAll(!all)} /> {t('admin.person.all')}
          </label>
          {!all &&
            tenants.map((tenant) => (
              <label key={tenant.id}>
                <input type="checkbox" checked={some.has(tenant.id)} onChange={() => toggle(tenant.id)} /> {tenant.name}
              </label>
            ))}
          {nowhere && <span className="faint small">{t('admin.person.pick')}</span>}
        </fieldset>
        {create.error && (
          <p role="alert" className="bad">
            {say(create.error)}
          </p>
        )}
        <button type="submit" className="button primary" disabled={create.isPending || nowhere}>
          {t('common.create')}
        </button>
      </form>
    </Dialog>
  );
}
