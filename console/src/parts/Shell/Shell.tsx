import { spotlight } from '@mantine/spotlight';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, Outlet, useNavigate } from 'react-router';
import { useLiveCounts } from '~/api/live';
import { useAddress } from '~/lib/address';
import { useKeys } from '~/lib/keyboard';
import { useScope } from '../viewer';
import { Mark } from '../Mark';
import { Clock } from './Clock';
import { KeySheet } from './KeySheet';
import { Navigation } from './Navigation';
import { Omni } from './Omni';
import { pages } from './pages';
import { PersonMenu } from './PersonMenu';
import { Scopes } from './Scopes';
import { Switches } from './Switches';
import './shell.css';

/** The frame around every page: top bar, navigation, and the keys that hold everywhere. */
export function Shell() {
  const { t } = useTranslation();
  const [keys, setKeys] = useState(false);
  const { to } = useAddress();
  const navigate = useNavigate();
  const scope = useScope();
  useLiveCounts(scope.tenant);
  useKeys({
    '?': () => setKeys(true),
    ...Object.fromEntries(pages.map((page) => [`g ${page.key}`, () => void navigate(to(page.path))])),
  });
  return (
    <div className="shell">
      <a className="shell-skip" href="#main">
        {t('app.skip')}
      </a>
      <header className="shell-top no-print">
        <Link to={to('/')} className="shell-brand">
          <Mark />
          <b>{t('app.name')}</b>
          <span lang="ja">{t('app.kanji')}</span>
        </Link>
        <Scopes />
        <button type="button" className="shell-omni" onClick={spotlight.open}>
          <span className="grow cut">{t('top.find')}</span>
          <kbd>Ctrl K</kbd>
        </button>
        <div className="shell-end">
          <Clock />
          <PersonMenu onKeys={() => setKeys(true)} />
          <Switches />
        </div>
      </header>
      <Navigation />
      <main id="main" className="shell-main">
        <Outlet />
      </main>
      <Omni />
      <KeySheet opened={keys} onClose={() => setKeys(false)} />
    </div>
  );
}
