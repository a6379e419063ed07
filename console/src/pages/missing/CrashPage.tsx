import { useTranslation } from 'react-i18next';
import { Empty } from '~/parts/States';

/** A fault of the console itself. */
export function CrashPage() {
  const { t } = useTranslation();
  return (
    <div className="panel" style={{ height: '100%' }} role="alert">
      <Empty text={t('failure.title')} next={t('failure.crash')}>
        <button type="button" className="button" onClick={() => window.location.reload()}>
          {t('common.retry')}
        </button>
      </Empty>
    </div>
  );
}
