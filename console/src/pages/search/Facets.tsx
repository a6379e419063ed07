import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFields, useValues } from '~/api/events';
import { condition, holds } from '~/lib/query';
import { number, percent, usePick } from '~/lib/words';
import { Answer } from '~/parts/States';
import type { Search } from './useSearch';

const offered = [
  'dataset',
  'host.name',
  'user.name',
  'destination.ip',
  'destination.port',
  'process.name',
  'source.ip',
  'event.action',
  'dns.question.name',
  'rule.id',
  'source',
];
const opened = 5;

/** The most frequent values of the fields that matter, each with its share; a click narrows the search. */
export function Facets({ search, total }: { search: Search; total: number }) {
  const { t } = useTranslation();
  return (
    <section className="panel search-facets" aria-label={t('search.facets')}>
      <div className="panel-head">
        <h2>{t('search.facets')}</h2>
        <span className="faint small">{t('search.facetsNote')}</span>
      </div>
      <div className="scroll" tabIndex={0} aria-label={t('search.facets')}>
        {offered.map((field, i) => (
          <Facet key={field} field={field} search={search} total={total} open={i < opened} />
        ))}
      </div>
    </section>
  );
}

type Props = { field: string; search: Search; total: number };

function Facet({ field, search, total, open }: Props & { open: boolean }) {
  const pick = usePick();
  const [shown, setShown] = useState(open);
  const info = useFields().data?.find((each) => each.name === field);
  const label = info ? pick(info.label, info.label_ja) : '';
  return (
    <section className="facet">
      <h3>
        <button type="button" aria-expanded={shown} onClick={() => setShown(!shown)}>
          <span className="caret" aria-hidden />
          <b>{label || field}</b>
          {label && <span className="mono">{field}</span>}
        </button>
      </h3>
      {shown && <FacetValues field={field} search={search} total={total} />}
    </section>
  );
}

function FacetValues({ field, search, total }: Props) {
  const { t } = useTranslation();
  const [limit, setLimit] = useState(6);
  const values = useValues(search.asked, field, limit);
  if (values.error) return null;
  return (
    <Answer query={values} rows={2}>
      {(data) => (
        <ul>
          {data.top.length === 0 && <li className="facet-none faint small">{t('search.facetEmpty')}</li>}
          {data.top.map(({ value, count }) => (
            <FacetValue
              key={value}
              field={field}
              value={value}
              count={count}
              total={Math.max(total, count)}
              search={search}
            />
          ))}
          {data.top.length === limit && limit < 50 && (
            <li>
              <button type="button" className="plain facet-more faint small" onClick={() => setLimit(limit + 20)}>
                {t('search.facetMore')}
              </button>
            </li>
          )}
        </ul>
      )}
    </Answer>
  );
}

function FacetValue({ field, value, count, total, search }: Props & { value: string; count: number }) {
  const { t } = useTranslation();
  const on = holds(search.q, condition(field, value));
  return (
    <li className={`facet-value${on ? ' facet-on' : ''}`}>
      <u style={{ width: `${(78 * count) / total}%` }} aria-hidden />
      <button
        type="button"
        className="facet-name cut"
        aria-pressed={on}
        title={value}
        onClick={() => search.toggle(field, value, false)}
      >
        {value || '""'}
      </button>
      <span className="facet-count">{number(count)}</span>
      <span className="facet-share faint">{percent(count, total)}</span>
      <button
        type="button"
        className="facet-not"
        title={t('event.without', { field })}
        aria-label={`${t('event.without', { field })}: ${value}`}
        onClick={() => search.toggle(field, value, true)}
      >
        ≠
      </button>
    </li>
  );
}
