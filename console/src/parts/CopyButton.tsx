import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { copyText } from '~/lib/copy';

/** Copies a text and says so. */
export function CopyButton({ text, label }: { text: string; label?: string }) {
  const { t } = useTranslation();
  const [done, setDone] = useState(false);
  const copy = async () => {
    await copyText(text);
    setDone(true);
    setTimeout(() => setDone(false), 2000);
  };
  return (
    <button type="button" className="button" onClick={() => void copy()}>
      <span role="status">{done ? t('common.copied') : (label ?? t('common.copy'))}</span>
    </button>
  );
}
