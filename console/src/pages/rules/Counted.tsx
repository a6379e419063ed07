import { useTranslation } from 'react-i18next';
import type { RuleDetail } from '~/api/nouns';
import { usePick, useSpan } from '~/lib/words';
import { ScopedLink } from '~/parts/ScopedLink';

type Ref = RuleDetail['filters'][number];

/** What a correlation counts and how; of a rule, who counts it and which filters are applied to it. */
export function Counted({ rule }: { rule: RuleDetail }) {
  const { t } = useTranslation();
  const span = useSpan();
  const how = rule.correlation;
  return (
    <>
      {how && (
        <section className="rule-part">
          <h3>{t('rules.correlation')}</h3>
          <dl className="rule-counts">
            <dt>{t('rules.type')}</dt>
            <dd>
              {t(`rules.types.${how.type}`)} <span className="mono faint">{how.type}</span>
            </dd>
            <dt>{t('rules.within')}</dt>
            <dd>{span(how.timespan_seconds)}</dd>
            <dt>{t('rules.groupBy')}</dt>
            <dd className="mono wrap">{how.group_by.join(', ') || t('rules.ungrouped')}</dd>
          </dl>
        </section>
      )}
      <Refs name={t('rules.counts')} refs={how?.rules ?? []} />
      <Refs name={t('rules.countedBy')} refs={rule.counted_by} note={rule.silent ? t('rules.silent') : undefined} />
      <Refs name={t('rules.filters')} refs={rule.filters} plain />
    </>
  );
}

function Refs({ name, refs, note, plain }: { name: string; refs: readonly Ref[]; note?: string; plain?: boolean }) {
  const pick = usePick();
  if (refs.length === 0) return null;
  return (
    <section className="rule-part">
      <h3>{name}</h3>
      {note && <p className="faint small">{note}</p>}
      <ul>
        {refs.map((ref) => (
          <li key={ref.id + ref.title} className="wrap">
            {plain || ref.id === '' ? (
              pick(ref.title, ref.title_ja)
            ) : (
              <ScopedLink to={`/rules/${encodeURIComponent(ref.id)}`}>{pick(ref.title, ref.title_ja)}</ScopedLink>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
