import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

/** A condition that holds, with a cross to take it out. */
export function Chip({ name, onClear, children }: { name: string; onClear: () => void; children: ReactNode }) {
  const { t } = useTranslation();
  return (
    <span className="chip">
      <i>{name}</i>
      <span className="cut">{children}</span>
      <button type="button" aria-label={t('common.remove', { name })} onClick={onClear}>
        ×
      </button>
    </span>
  );
}
