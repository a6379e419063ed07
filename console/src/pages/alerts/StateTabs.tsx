import { useTranslation } from 'react-i18next';
import { useAddress } from '~/lib/address';
import { number } from '~/lib/words';
import { states } from './useQueue';

/** Open, judged, or all items. */
export function StateTabs({ counts }: { counts?: { open: number; judged: number } }) {
  const { t } = useTranslation();
  const { get, set } = useAddress();
  const current = get('state') || 'open';
  const count = { open: counts?.open, judged: counts?.judged, all: counts && counts.open + counts.judged };
  return (
    <div className="tabs" role="group" aria-label={t('alerts.state')}>
      {states.map((state) => (
        <button
          key={state}
          type="button"
          aria-current={state === current ? 'page' : undefined}
          onClick={() => set({ state: state === 'open' ? null : state, item: null, alert: null }, { push: true })}
        >
          {t(`alerts.${state}`)}
          {count[state] !== undefined && <em>{number(count[state])}</em>}
        </button>
      ))}
    </div>
  );
}
