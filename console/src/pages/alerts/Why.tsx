import { useTranslation } from 'react-i18next';
import type { Alert, Matched, RuleInfo } from '~/api/nouns';
import { Highlight } from '~/parts/Highlight';
import { ScopedLink } from '~/parts/ScopedLink';

// A value that several conditions met is shown once, with all of them.
function byValue(matched: readonly Matched[]) {
  const out: { field: string; value: string; patterns: string[] }[] = [];
  for (const { field, value, pattern } of matched) {
    const same = out.find((each) => each.field === field && each.value === value);
    if (same) same.patterns.push(pattern);
    else out.push({ field, value, patterns: [pattern] });
  }
  return out;
}

/** Which conditions of the rule held: each value that met one, the part that did so marked, and the condition as the rule has it. */
export function Why({ alert, info }: { alert: Alert; info?: RuleInfo }) {
  const { t } = useTranslation();
  return (
    <section className="item-part">
      <h3>
        {t('alerts.why')}
        <ScopedLink to={`/rules/${encodeURIComponent(alert.rule)}`} className="mono rule-link">
          {info?.file ?? alert.rule}
        </ScopedLink>
        <span className="end faint mono small">{alert.techniques.join(' ')}</span>
      </h3>
      {alert.matched.length === 0 ? (
        <p className="dim">{t('alerts.whyEmpty')}</p>
      ) : (
        <dl className="matched">
          {byValue(alert.matched).map(({ field, value, patterns }) => (
            <div key={`${field} ${value}`}>
              <dt>{field}</dt>
              <dd className="mono">
                <div className="matched-value">
                  <Highlight value={value} patterns={patterns} />
                </div>
                {patterns
                  .filter((pattern) => pattern !== value)
                  .map((pattern) => (
                    <div key={pattern} className="faint matched-pattern">
                      {pattern}
                    </div>
                  ))}
              </dd>
            </div>
          ))}
        </dl>
      )}
    </section>
  );
}
