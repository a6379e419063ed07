import { Spotlight, type SpotlightActionData, type SpotlightActionGroupData } from '@mantine/spotlight';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { useRules } from '~/api/rules';
import { useAddress } from '~/lib/address';
import { entityQuery, guess, quote } from '~/lib/query';
import { useTitle } from '~/lib/words';
import { useScope } from '../viewer';
import { pages } from './pages';

const range = 'now-30d';

/** Finds anything: a page, a rule, an incident by its number, or what happened around an address or a host. */
export function Omni() {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const found = useFound(text.trim());
  return (
    <Spotlight
      actions={found}
      query={text}
      onQueryChange={setText}
      onSpotlightClose={() => setText('')}
      nothingFound={t('find.nothing')}
      shortcut={['mod + K']}
      tagsToIgnore={[]}
      triggerOnContentEditable
      searchProps={{ placeholder: t('find.placeholder'), 'aria-label': t('keys.find') }}
      filter={(_query, actions) => actions}
      scrollable
      maxHeight={420}
      transitionProps={{ duration: 0 }}
      overlayProps={{ blur: 0, backgroundOpacity: 0.6 }}
    />
  );
}

function useFound(text: string): SpotlightActionGroupData[] {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { to } = useAddress();
  const go = (path: string, params?: Parameters<typeof to>[1]) => () => void navigate(to(path, params));
  const rules = useFoundRules(text);

  const asked: SpotlightActionData[] = [];
  const kind = guess(text);
  if (kind === 'incident') {
    const label = text.toUpperCase();
    asked.push({ id: 'incident', label: t('find.incident', { text: label }), onClick: go(`/incidents/${label}`) });
  } else if (text !== '') {
    const entity =
      kind === 'ip' && text.includes('/')
        ? `source.ip:${text} or destination.ip:${text}`
        : entityQuery(text.toLowerCase());
    asked.push(
      { id: 'entity', label: t('find.entity', { text }), onClick: go('/search', { q: entity, from: range }) },
      { id: 'events', label: t('find.events', { text }), onClick: go('/search', { q: quote(text), from: range }) },
      { id: 'items', label: t('find.subject', { text }), onClick: go('/alerts', { state: 'all', subject: text }) },
    );
  }
  const named = pages
    .filter((page) => text === '' || t(`nav.${page.id}`).toLowerCase().includes(text.toLowerCase()))
    .map((page) => ({
      id: page.id,
      label: t(`nav.${page.id}`),
      rightSection: <kbd>g {page.key}</kbd>,
      onClick: go(page.path),
    }));
  return [
    { group: text, actions: asked },
    { group: t('find.pages'), actions: named },
    {
      group: t('find.rules'),
      actions: rules.map((rule) => ({ ...rule, onClick: go(`/rules/${encodeURIComponent(rule.id)}`) })),
    },
  ].filter((group) => group.actions.length > 0);
}

function useFoundRules(text: string) {
  const scope = useScope();
  const title = useTitle();
  const rules = useRules(scope.tenant);
  if (text.length < 2) return [];
  const wanted = text.toLowerCase();
  return (rules.data?.rules ?? [])
    .filter((rule) => `${rule.title} ${rule.title_ja} ${rule.id}`.toLowerCase().includes(wanted))
    .slice(0, 6)
    .map((rule) => ({ id: rule.id, label: title(rule) }));
}
