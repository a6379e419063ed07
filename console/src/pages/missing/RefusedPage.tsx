import { useTranslation } from 'react-i18next';
import { PageTitle } from '~/parts/PageTitle';
import { ScopedLink } from '~/parts/ScopedLink';
import { Empty } from '~/parts/States';

/** The page is there, but not for this person's role. */
export function RefusedPage() {
  const { t } = useTranslation();
  return (
    <div className="panel" style={{ height: '100%' }}>
      <PageTitle title={t('refused.title')} />
      <Empty text={t('refused.title')} next={t('refused.text')}>
        <ScopedLink to="/" className="button">
          {t('missing.back')}
        </ScopedLink>
      </Empty>
    </div>
  );
}
