import { useTranslation } from 'react-i18next';
import { PageTitle } from '~/parts/PageTitle';
import { ScopedLink } from '~/parts/ScopedLink';
import { Empty } from '~/parts/States';

/** There is no such page, or not for this person: both look the same. */
export function MissingPage() {
  const { t } = useTranslation();
  return (
    <div className="panel" style={{ height: '100%' }}>
      <PageTitle title={t('missing.title')} />
      <Empty text={t('missing.title')} next={t('missing.text')}>
        <ScopedLink to="/" className="button">
          {t('missing.back')}
        </ScopedLink>
      </Empty>
    </div>
  );
}
