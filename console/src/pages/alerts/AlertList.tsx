import { useTranslation } from 'react-i18next';
import type { ItemDetail } from '~/api/nouns';
import { useAddress } from '~/lib/address';
import { Time } from '~/parts/Time';

/** The alerts of the item, newest first; choosing one shows why and the proof of that one. */
export function AlertList({ item, selected }: { item: ItemDetail; selected: string }) {
  const { t } = useTranslation();
  const { set } = useAddress();
  if (item.alert_list.length < 2) return null;
  return (
    <section className="item-part">
      <h3>
        {t('alerts.alertsOf')} <span className="dim">{item.alerts}</span>
        <span className="end faint small">{t('alerts.newest', { n: item.alert_list.length })}</span>
      </h3>
      <ul className="alert-list">
        {item.alert_list.map((alert) => (
          <li key={alert.id}>
            <button type="button" aria-pressed={alert.id === selected} onClick={() => set({ alert: alert.id })}>
              <Time at={alert.time} tenant={item.tenant} />
              <span className="cut">{alert.summary}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
