import { useTranslation } from 'react-i18next';
import type { Overview } from '~/api/nouns';
import { number, percent, useTitle } from '~/lib/words';
import { ScopedLink } from '~/parts/ScopedLink';
import { Empty } from '~/parts/States';

/** Do we cry wolf: the rules that tell most, and how often they were wrong. */
export function Wolf({ data }: { data: Overview }) {
  const { t } = useTranslation();
  const title = useTitle();
  return (
    <section className="panel" aria-label={t('overview.wolf')}>
      <div className="panel-head">
        <h2>{t('overview.wolf')}</h2>
        <span className="dim">{t('overview.wolfNote')}</span>
        <ScopedLink to="/rules" className="end dim small">
          {t('overview.rulesLink')}
        </ScopedLink>
      </div>
      {data.top_rules.length === 0 ? (
        <Empty text={t('overview.noRules')} />
      ) : (
        <table className="plain-table wolf">
          <thead>
            <tr>
              <th>{t('overview.rule')}</th>
              <th className="right">{t('overview.alerts')}</th>
              <th className="right">{t('overview.judgedColumn')}</th>
              <th className="right">{t('overview.fpColumn')}</th>
            </tr>
          </thead>
          <tbody>
            {data.top_rules.map((rule) => (
              <tr key={rule.rule}>
                <td>
                  <ScopedLink to={`/rules/${encodeURIComponent(rule.rule)}`} title={title(rule)}>
                    {title(rule)}
                  </ScopedLink>
                </td>
                <td className="right">
                  <ScopedLink to="/alerts" params={{ state: 'all', rule: rule.rule }}>
                    {number(rule.alerts)}
                  </ScopedLink>
                </td>
                <td className="right dim">{rule.judged}</td>
                <td>
                  <Share wrong={rule.false_positives} judged={rule.judged} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function Share({ wrong, judged }: { wrong: number; judged: number }) {
  if (judged === 0) return <span className="share faint">–</span>;
  return (
    <span className="share">
      <span className="bar" aria-hidden>
        <i style={{ width: `${(100 * wrong) / judged}%` }} />
      </span>
      {percent(wrong, judged)}
    </span>
  );
}
