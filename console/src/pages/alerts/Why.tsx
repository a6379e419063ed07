import { useTranslation } from 'react-i18next';
import type { Alert, Event, RuleInfo } from '~/api/nouns';
import { Highlight } from '~/parts/Highlight';
import { ScopedLink } from '~/parts/ScopedLink';

type Props = { alert: Alert; info?: RuleInfo; events: readonly Event[] };

/** Which conditions of the rule held, with the values that met them; what the same fields say besides is shown around the hit. */
export function Why({ alert, info }: Props) {
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
          {alert.matched.map((each) => (
            <div key={`${each.field} ${each.value} ${each.pattern}`}>
              <dt>{each.field}</dt>
              <dd className="mono">
                <Highlight value={each.value} pattern={each.pattern} />
              </dd>
            </div>
          ))}
        </dl>
      )}
    </section>
  );
}
