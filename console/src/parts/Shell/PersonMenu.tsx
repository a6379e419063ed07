import { Menu } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { useSignOut } from '~/api/session';
import { useAddress } from '~/lib/address';
import { useViewer } from '../viewer';
import { PasswordDialog } from './PasswordDialog';

/** Who is signed in, and what they can do about it. */
export function PersonMenu({ onKeys }: { onKeys: () => void }) {
  const { t } = useTranslation();
  const { person } = useViewer();
  const { to } = useAddress();
  const navigate = useNavigate();
  const signOut = useSignOut();
  const [changing, setChanging] = useState(false);
  return (
    <>
      <Menu position="bottom-end" offset={0}>
        <Menu.Target>
          <button type="button" className="shell-person" title={t('top.person')}>
            <span className="cut">{person.display_name || person.name}</span>
            <span className="faint small">{t(`role.${person.role}`)}</span>
            <span className="caret" aria-hidden />
          </button>
        </Menu.Target>
        <Menu.Dropdown aria-label={t('top.person')}>
          <Menu.Label>{person.name}</Menu.Label>
          <Menu.Item onClick={onKeys} rightSection={<kbd>?</kbd>}>
            {t('top.keys')}
          </Menu.Item>
          <Menu.Item onClick={() => setChanging(true)}>{t('top.password')}</Menu.Item>
          <Menu.Item onClick={() => void navigate(to('/admin/tokens'))}>{t('top.tokens')}</Menu.Item>
          <Menu.Item onClick={() => signOut.mutate()}>{t('top.signOut')}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {changing && <PasswordDialog onClose={() => setChanging(false)} />}
    </>
  );
}
