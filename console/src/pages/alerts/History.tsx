import { useTranslation } from 'react-i18next';
import type { ItemDetail, Judgement } from '~/api/nouns';
import { isVerdict } from '~/lib/words';
import { Time } from '~/parts/Time';

/** Who judged the item how and when, judgements taken back included. */
export function History({ item }: { item: ItemDetail }) {
  const { t } = useTranslation();
  return (
    <section className="item-part">
      <h3>{t('alerts.history')}</h3>
      <ol className="history">
        <li>
          <Time at={item.first} tenant={item.tenant} />
          <span>{t('alerts.firstSeen')}</span>
        </li>
        {item.judgements.map((judgement) => (
          <Line key={judgement.id} judgement={judgement} tenant={item.tenant} />
        ))}
      </ol>
    </section>
  );
}

function Line({ judgement, tenant }: { judgement: Judgement; tenant: string }) {
  const { t } = useTranslation();
  const { verdict } = judgement;
  return (
    <li>
      <Time at={judgement.at} tenant={tenant} />
      <span className="wrap">
        {isVerdict(verdict)
          ? t('alerts.judgedBy', { name: judgement.by_name, verdict: t(`verdict.${verdict}`) })
          : t('alerts.undoneBy', { name: judgement.by_name })}
        {isVerdict(verdict) && <span className="faint small"> {t('alerts.seenAlerts', { n: judgement.alerts })}</span>}
        {judgement.comment && <q>{judgement.comment}</q>}
      </span>
    </li>
  );
}
