import { lazy, Suspense, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Refusal } from '~/api/client';
import { useFields } from '~/api/events';
import { indexOfByte } from '~/lib/bytes';
import { faultKey } from '~/lib/fault';
import { conditions, widen } from '~/lib/query';
import { usePick } from '~/lib/words';
import { RangePicker } from './RangePicker';
import type { Search } from './useSearch';

const QueryEditor = lazy(() => import('~/parts/Code/QueryEditor'));

type Told = { pos?: number; expected?: string; found?: string };

/** The query line with its conditions as chips, and what is wrong with it at its place. */
export function QueryBar({ search, fault }: { search: Search; fault?: Refusal }) {
  const { t } = useTranslation();
  const [draft, setDraft] = useState(search.q);
  const offered = useOffered();
  const place = useMemo(() => faultOf(fault, search.q), [fault, search.q]);
  const terms = fault ? [] : conditions(search.q);
  const phrase = (words: string) => {
    const key = faultKey(words);
    return key ? t(`search.fault.${key}`) : words;
  };
  const tell = (at: NonNullable<typeof place>) =>
    t('search.error', {
      pos: at.at + 1,
      detail: at.expected ? t('search.expected', { expected: phrase(at.expected), found: phrase(at.found) }) : at.text,
    });
  return (
    <section className="panel search-query" aria-label={t('search.query')}>
      <div className="row">
        <Suspense fallback={<div className="query-editor" />}>
          <QueryEditor
            label={t('search.query')}
            hint={t('search.placeholder')}
            value={draft}
            fields={offered}
            fault={place}
            onChange={setDraft}
            onRun={search.run}
          />
        </Suspense>
        <RangePicker from={search.from} to={search.to} onChange={search.range} />
        <button type="button" className="button primary" onClick={() => search.run(draft)}>
          {t('search.run')}
          <kbd>Ctrl Enter</kbd>
        </button>
      </div>
      {place && (
        <p role="alert" className="bad small">
          {tell(place)}
        </p>
      )}
      {terms.length > 0 && (
        <div className="search-chips">
          <span className="faint small">{t('search.filters')}</span>
          {terms.map((term) => (
            <span key={term} className={`chip${term.startsWith('not ') ? ' chip-not' : ''}`}>
              <span className="mono cut">{term}</span>
              <button
                type="button"
                aria-label={t('common.remove', { name: term })}
                onClick={() => search.run(widen(search.q, term))}
              >
                ×
              </button>
            </span>
          ))}
        </div>
      )}
    </section>
  );
}

function useOffered() {
  const { t } = useTranslation();
  const pick = usePick();
  const fields = useFields();
  const types = ['keyword', 'ip', 'long', 'double', 'text', 'time'] as const;
  return (fields.data ?? []).map((field) => {
    const type = types.find((each) => each === field.type);
    return { ...field, label: pick(field.label, field.label_ja) || t(`search.fieldType.${type ?? 'own'}`) };
  });
}

function faultOf(fault: Refusal | undefined, query: string) {
  if (!fault) return undefined;
  const told = (fault.errors[0]?.value ?? {}) as Told;
  return {
    at: indexOfByte(query, told.pos ?? 0),
    text: fault.message,
    expected: told.expected ?? '',
    found: told.found ?? '',
  };
}
