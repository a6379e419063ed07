import { useTranslation } from 'react-i18next';
import { useSwitchOnRule } from '~/api/rules';
import type { Rule, RuleDetail } from '~/api/nouns';
import { number } from '~/lib/words';
import { useFailureText } from '~/parts/States';
import { tell, tellFailure } from '~/parts/tell';
import { Time } from '~/parts/Time';
import { useViewer } from '~/parts/viewer';

/** A word beside a rule that does not run, or that counts others. */
export function Badges({ rule }: { rule: Rule }) {
  const { t } = useTranslation();
  return (
    <>
      {rule.kind === 'correlation' && <span className="rule-badge">{t('rules.correlation')}</span>}
      {rule.state !== 'on' && (
        <span className="rule-badge rule-not-on" title={rule.state_reason}>
          {t(`rules.state.${rule.state}`)}
        </span>
      )}
    </>
  );
}

/** Why a rule does not run, what it missed, and the way to switch it on. */
export function State({ rule }: { rule: RuleDetail }) {
  const { t } = useTranslation();
  const { person } = useViewer();
  const say = useFailureText();
  const on = useSwitchOnRule();
  const why = reasonOf(rule);
  if (rule.state === 'on' && rule.gaps.length === 0) return null;
  const ask = () =>
    on.mutate(rule.id, {
      onSuccess: () => tell(t('rules.switchedOn')),
      onError: (error) => tellFailure(say(error)),
    });
  return (
    <section className="rule-part" aria-label={t('rules.stateOf')}>
      <h3>{t('rules.stateOf')}</h3>
      {rule.state !== 'on' && (
        <p className="row">
          <Badges rule={{ ...rule, kind: 'rule' }} />
          {rule.state_since && (
            <span className="faint small">
              {t('rules.offSince')} <Time at={rule.state_since} style="minute" />
            </span>
          )}
          {rule.state === 'off' && person.role === 'administrator' && person.all_tenants && (
            <button type="button" className="button end" disabled={on.isPending} onClick={ask}>
              {t('rules.switchOn')}
            </button>
          )}
        </p>
      )}
      {why && <p>{t(`rules.why.${why}`)}</p>}
      {rule.state_reason && <p className="mono wrap faint small">{rule.state_reason}</p>}
      {rule.gaps.length > 0 && <Gaps rule={rule} />}
    </section>
  );
}

// The server says why in English; how it begins tells which of the known reasons it is.
const reasons = [
  ['slow', 'too slow: '],
  ['failed', 'failed: '],
  ['idle', 'counts '],
] as const;

function reasonOf(rule: RuleDetail) {
  return reasons.find(([, words]) => rule.state_reason.startsWith(words))?.[0];
}

function Gaps({ rule }: { rule: RuleDetail }) {
  const { t } = useTranslation();
  return (
    <>
      <p>{t('rules.missed', { events: number(rule.events_missed) })}</p>
      <ul className="small">
        {rule.gaps.slice(0, 24).map((gap, at) => (
          <li key={`${gap.hour} ${at}`}>
            <Time at={gap.hour} style="minute" /> {number(gap.events)}
          </li>
        ))}
      </ul>
    </>
  );
}
