import { useTranslation } from 'react-i18next';
import { setTheme, useTheme } from '~/lib/appearance';
import { setLanguage } from '~/lib/i18n';

/** Language and theme. */
export function Switches() {
  const { t, i18n } = useTranslation();
  const theme = useTheme();
  return (
    <>
      <div className="shell-toggle" role="group" aria-label={t('top.language')}>
        <button type="button" lang="ja" aria-pressed={i18n.language === 'ja'} onClick={() => void setLanguage('ja')}>
          日本語
        </button>
        <button type="button" lang="en" aria-pressed={i18n.language === 'en'} onClick={() => void setLanguage('en')}>
          EN
        </button>
      </div>
      <div className="shell-toggle" role="group" aria-label={t('top.theme')}>
        <button type="button" aria-pressed={theme === 'dark'} onClick={() => setTheme('dark')}>
          {t('top.dark')}
        </button>
        <button type="button" aria-pressed={theme === 'light'} onClick={() => setTheme('light')}>
          {t('top.light')}
        </button>
      </div>
    </>
  );
}
