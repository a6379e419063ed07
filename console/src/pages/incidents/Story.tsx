import { useTranslation } from 'react-i18next';
import type { IncidentDetail } from '~/api/nouns';
import { useAddress } from '~/lib/address';
import { usePick } from '~/lib/words';
import { Phase } from '~/parts/Phase';
import { ScopedLink } from '~/parts/ScopedLink';
import { Time } from '~/parts/Time';
import { Cast } from './Cast';
import { Lanes } from './Lanes';

/** The whole incident on one page: what happened in sentences, the phases over time, and who takes part. */
export function Story({ incident }: { incident: IncidentDetail }) {
  const { t } = useTranslation();
  const pick = usePick();
  const { get } = useAddress();
  return (
    <div className="story">
      <section className="panel story-narrative" aria-label={t('incidents.narrative')}>
        <div className="panel-head">
          <h2>{t('incidents.narrative')}</h2>
        </div>
        <ol className="scroll" tabIndex={0}>
          {incident.narrative.map((sentence) => (
            <li key={`${sentence.time} ${sentence.item} ${sentence.text}`} aria-current={get('item') === sentence.item}>
              <Phase phase={sentence.phase} />
              <Time at={sentence.time} style="clock" tenant={incident.tenant} />
              <ScopedLink
                to="/alerts"
                params={{ state: 'all', incident: incident.id, item: sentence.item }}
                className="wrap"
                title={pick(sentence.text, sentence.text_ja)}
              >
                {pick(sentence.text, sentence.text_ja)}
              </ScopedLink>
            </li>
          ))}
        </ol>
      </section>
      <section className="panel story-cast" aria-label={t('incidents.entities')}>
        <Cast incident={incident} />
      </section>
      <section className="panel story-lanes" aria-label={t('incidents.lanes')}>
        <div className="panel-head">
          <h2>{t('incidents.lanes')}</h2>
          <span className="faint small">{t('incidents.lanesNote')}</span>
        </div>
        <div className="scroll" tabIndex={0} aria-label={t('incidents.lanes')}>
          <Lanes incident={incident} />
        </div>
      </section>
    </div>
  );
}
