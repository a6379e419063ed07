import { useTranslation } from 'react-i18next';
import type { Overview } from '~/api/nouns';
import { number, phases } from '~/lib/words';
import { Phase } from '~/parts/Phase';
import { ScopedLink } from '~/parts/ScopedLink';
import { Empty } from '~/parts/States';

/** Are we unaware: which techniques of ATT&CK were seen, phase by phase, and how far incidents got. */
export function Unaware({ data }: { data: Overview }) {
  const { t } = useTranslation();
  const most = Math.max(1, ...data.techniques.map((each) => each.items));
  return (
    <section className="panel" aria-label={t('overview.unaware')}>
      <div className="panel-head">
        <h2>{t('overview.unaware')}</h2>
        <span className="dim">{t('overview.unawareNote')}</span>
      </div>
      {data.techniques.length === 0 && <Empty text={t('overview.noTechniques')} />}
      {phases.map((phase) => {
        const of = data.techniques.filter((each) => each.phase === phase);
        const incidents = data.incidents_by_phase[phase] ?? 0;
        if (of.length === 0 && (phase === 'before' || data.techniques.length === 0)) return null;
        return (
          <section key={phase} className="techniques">
            <h3>
              <Phase phase={phase} word />
              {incidents > 0 && (
                <ScopedLink to="/incidents" params={{ phase }} className="end small">
                  {t('nav.incidents')} {incidents}
                </ScopedLink>
              )}
            </h3>
            <ul>
              {of.map((each) => (
                <li key={each.technique} title={each.tactic}>
                  <u style={{ width: `${(100 * each.items) / most}%` }} aria-hidden />
                  <ScopedLink to="/rules" params={{ q: each.technique }} className="mono">
                    {each.technique}
                  </ScopedLink>
                  <span>{number(each.items)}</span>
                </li>
              ))}
              {of.length === 0 && <li className="faint small">{t('common.none')}</li>}
            </ul>
          </section>
        );
      })}
    </section>
  );
}
