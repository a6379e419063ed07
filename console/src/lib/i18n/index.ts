import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import { remember, remembered } from '../remember';
import { en } from './en';
import { ja } from './ja';

declare module 'i18next' {
  interface CustomTypeOptions {
    resources: { translation: typeof ja };
    strictKeyChecks: true;
  }
}

/** The languages of the console. */
export type Language = 'ja' | 'en';

function preferred(): Language {
  const kept = remembered('language');
  if (kept === 'ja' || kept === 'en') return kept;
  return navigator.language.toLowerCase().startsWith('ja') ? 'ja' : 'en';
}

/** Starts the catalogues in the language that was chosen last, else the browser's. */
export async function startLanguage() {
  await i18next.use(initReactI18next).init({
    lng: preferred(),
    fallbackLng: false,
    resources: { ja: { translation: ja }, en: { translation: en } },
    interpolation: { escapeValue: false },
    saveMissing: true,
    missingKeyHandler: (languages, _namespace, key) => {
      console.error(`missing key ${key} (${languages.join(', ')})`);
    },
  });
  document.documentElement.lang = i18next.language;
}

/** Changes the language of everything on the screen. */
export async function setLanguage(language: Language) {
  remember('language', language);
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
}
