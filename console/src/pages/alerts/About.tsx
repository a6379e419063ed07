import { useTranslation } from 'react-i18next';
import type { RuleInfo } from '~/api/nouns';
import { usePick } from '~/lib/words';

/** What the rule says of itself. */
export function About({ info }: { info: RuleInfo }) {
  const { t } = useTranslation();
  const pick = usePick();
  const text = pick(info.description, info.description_ja);
  if (!text && info.false_positives.length === 0) return null;
  return (
    <section className="item-part">
      <h3>{t('alerts.about')}</h3>
      {text && <p className="wrap">{text}</p>}
      {info.false_positives.length > 0 && (
        <p className="dim wrap">
          <span className="faint">{t('alerts.falsePositives')}: </span>
          {info.false_positives.join(' / ')}
        </p>
      )}
    </section>
  );
}
