import { useTranslation } from 'react-i18next';
import { useFirstReport } from '~/api/incidents';
import type { IncidentDetail } from '~/api/nouns';
import { useAddress } from '~/lib/address';
import { download } from '~/lib/copy';
import { CopyButton } from '~/parts/CopyButton';
import { Markdown } from '~/parts/Markdown';
import { Segment } from '~/parts/Segment';
import { Answer } from '~/parts/States';

const languages = [
  { value: 'ja', label: '日本語' },
  { value: 'en', label: 'English' },
] as const;

/** The draft of the first report 第1報, in either language whatever the screen's is: the customer's language decides. */
export function Report({ incident }: { incident: IncidentDetail }) {
  const { t, i18n } = useTranslation();
  const { get, set } = useAddress();
  const usual = i18n.language === 'ja' ? 'ja' : 'en';
  const lang = get('lang') === 'ja' || get('lang') === 'en' ? (get('lang') as 'ja' | 'en') : usual;
  const report = useFirstReport(incident.id, lang);
  return (
    <section className="panel" aria-label={t('incidents.draft')}>
      <div className="panel-head no-print">
        <h2>{t('incidents.draft')}</h2>
        <span className="faint">{t('incidents.draftNote')}</span>
        <span className="end row">
          <Segment
            label={t('incidents.reportLanguage')}
            value={lang}
            options={languages}
            onChange={(value) => set({ lang: value })}
          />
          {report.data && (
            <>
              <CopyButton text={report.data.markdown} />
              <button
                type="button"
                className="button"
                onClick={() => download(`${incident.label}-first-report-${lang}.md`, report.data.markdown)}
              >
                {t('incidents.download')}
              </button>
              <button type="button" className="button" onClick={() => window.print()}>
                {t('incidents.print')}
              </button>
            </>
          )}
        </span>
      </div>
      <div className="scroll" tabIndex={0} aria-label={t('incidents.draft')}>
        <Answer query={report} rows={12}>
          {(data) => (
            <article className="report" lang={lang}>
              <Markdown text={data.markdown} />
            </article>
          )}
        </Answer>
      </div>
    </section>
  );
}
