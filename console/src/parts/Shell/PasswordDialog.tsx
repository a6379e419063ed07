import { useState, type SubmitEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useChangePassword } from '~/api/session';
import { Dialog } from '../Dialog';
import { tell } from '../tell';
import { useFailureText } from '../States';

/** Changes one's own password. */
export function PasswordDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const say = useFailureText();
  const change = useChangePassword();
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const [again, setAgain] = useState('');
  const differ = again !== '' && next !== again;
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (next !== again) return;
    change.mutate(
      { current, new: next },
      {
        onSuccess: () => {
          tell(t('password.done'));
          onClose();
        },
      },
    );
  };
  return (
    <Dialog title={t('password.title')} opened onClose={onClose}>
      <form className="form" onSubmit={submit}>
        <Secret label={t('password.current')} value={current} onChange={setCurrent} complete="current-password" />
        <Secret label={t('password.new')} value={next} onChange={setNext} complete="new-password" />
        <Secret label={t('password.again')} value={again} onChange={setAgain} complete="new-password" />
        {differ && <p role="alert">{t('password.differ')}</p>}
        {change.error && (
          <p role="alert" className="bad">
            {say(change.error)}
          </p>
        )}
        <button type="submit" className="button primary" disabled={differ || next === '' || change.isPending}>
          {t('common.save')}
        </button>
      </form>
    </Dialog>
  );
}

type SecretProps = { label: string; value: string; onChange: (value: string) => void; complete: string };

function Secret({ label, value, onChange, complete }: SecretProps) {
  return (
    <label>
      {label}
      <input
        className="field"
        type="password"
        required
        value={value}
        autoComplete={complete}
        onChange={(event) => onChange(event.target.value)}
      />
    </label>
  );
}
