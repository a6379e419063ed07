import { useEffect, useState, type SubmitEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useSignIn } from '~/api/session';
import { Mark } from '~/parts/Mark';
import { useFailureText } from '~/parts/States';
import { Switches } from '~/parts/Shell/Switches';
import './session.css';

/** Name and password. */
export function SignIn() {
  const { t } = useTranslation();
  const say = useFailureText();
  const signIn = useSignIn();
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  useEffect(() => {
    document.title = `${t('signIn.title')} · Noroshi`;
  }, [t]);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    signIn.mutate({ name, password });
  };
  return (
    <div className="sign-in">
      <header className="sign-in-switches">
        <Switches />
      </header>
      <main>
        <div className="sign-in-brand">
          <Mark size={2} />
          <h1>
            {t('app.name')} <span lang="ja">{t('app.kanji')}</span>
          </h1>
        </div>
        <p className="dim">{t('signIn.lead')}</p>
        <form className="form" onSubmit={submit}>
          <label>
            {t('signIn.name')}
            <input
              className="field"
              name="name"
              autoComplete="username"
              autoCapitalize="none"
              required
              autoFocus
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
          </label>
          <label>
            {t('signIn.password')}
            <input
              className="field"
              name="password"
              type="password"
              autoComplete="current-password"
              required
              value={password}
              onChange={(event) => setPassword(event.target.value)}
            />
          </label>
          {signIn.error && (
            <p role="alert" className="bad">
              {say(signIn.error)}
            </p>
          )}
          <button type="submit" className="button primary sign-in-submit" disabled={signIn.isPending}>
            {t('signIn.submit')}
          </button>
        </form>
        <p className="faint small">{t('signIn.help')}</p>
      </main>
    </div>
  );
}
