import { Menu } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { useAddress } from '~/lib/address';
import { copyText } from '~/lib/copy';
import { condition, entityQuery, narrow } from '~/lib/query';

const known = ['host', 'ip', 'user', 'domain', 'url', 'hash', 'process', 'file', 'rule'] as const;

type Props = { kind: string; value: string; field?: string; hit?: boolean; label?: string };

/** Any host, address, person, domain, hash, process, file or rule, everywhere the same: its value, and a menu to go on from it. */
export function Entity({ kind, value, field, hit = false, label }: Props) {
  const { t } = useTranslation();
  const kindName = known.find((each) => each === kind);
  return (
    <Menu position="bottom-start" shadow="none" withinPortal>
      <Menu.Target>
        <button
          type="button"
          className={`entity${hit ? ' entity-hit' : ''}`}
          title={kindName ? `${t(`kind.${kindName}`)} ${value}` : value}
          onClick={(event) => event.stopPropagation()}
          onDoubleClick={(event) => event.stopPropagation()}
        >
          {label ?? value}
        </button>
      </Menu.Target>
      <Menu.Dropdown onClick={(event) => event.stopPropagation()} aria-label={t('entity.menu', { value })}>
        <EntityActions kind={kind} value={value} field={field} />
      </Menu.Dropdown>
    </Menu>
  );
}

function EntityActions({ kind, value, field }: { kind: string; value: string; field?: string }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const address = useAddress();
  const term = field ? condition(field, value) : entityQuery(value);
  const search = (without: boolean) => {
    const now = address.get('q');
    const here = window.location.pathname === '/search';
    if (here) address.set({ q: narrow(now, term, without), event: null }, { push: true });
    else void navigate(address.to('/search', { q: narrow('', term, without), from: 'now-30d' }));
  };
  const whole = () => void navigate(address.to('/search', { q: term, from: address.get('from') || 'now-30d' }));
  const items = () => void navigate(address.to('/alerts', { state: 'all', subject: value }));
  return (
    <>
      <Menu.Label>{value}</Menu.Label>
      {kind === 'rule' ? (
        <Menu.Item onClick={() => void navigate(address.to(`/rules/${encodeURIComponent(value)}`))}>
          {t('entity.openRule')}
        </Menu.Item>
      ) : (
        <Menu.Item onClick={whole}>{t('entity.search')}</Menu.Item>
      )}
      {['host', 'user', 'ip'].includes(kind) && <Menu.Item onClick={items}>{t('entity.items')}</Menu.Item>}
      <Menu.Item onClick={() => search(false)}>{t('entity.with')}</Menu.Item>
      <Menu.Item onClick={() => search(true)}>{t('entity.without')}</Menu.Item>
      <Menu.Item onClick={() => void copyText(value)}>{t('entity.copy')}</Menu.Item>
    </>
  );
}
