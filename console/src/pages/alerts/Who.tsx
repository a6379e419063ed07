import { useTranslation } from 'react-i18next';
import type { Alert, Entity as EntityNoun } from '~/api/nouns';
import { Entity } from '~/parts/Entity';

const kinds = ['host', 'user', 'ip', 'domain', 'url', 'process', 'file', 'hash'] as const;
// The subject is what one expects, so that only other roles are named.
const roles = ['target', 'source', 'destination'] as const;

/** Everything that the alert speaks of, by kind. */
export function Who({ alert }: { alert: Alert }) {
  const { t } = useTranslation();
  return (
    <section className="item-part">
      <h3>
        {t('alerts.who')}
        <span className="end faint small">{t('alerts.whoNote')}</span>
      </h3>
      <dl className="who">
        {kinds
          .map((kind) => ({ kind, of: alert.entities.filter((entity) => entity.kind === kind) }))
          .filter(({ of }) => of.length > 0)
          .map(({ kind, of }) => (
            <div key={kind}>
              <dt>{t(`kind.${kind}`)}</dt>
              <dd className="entities">
                {of.map((entity) => (
                  <One key={`${entity.value} ${entity.role ?? ''}`} entity={entity} />
                ))}
              </dd>
            </div>
          ))}
      </dl>
    </section>
  );
}

function One({ entity }: { entity: EntityNoun }) {
  const { t } = useTranslation();
  const role = roles.find((each) => each === entity.role);
  return (
    <span className="who-one">
      <Entity kind={entity.kind} value={entity.value} />
      {role && <span className="faint small">{t(`entityRole.${role}`)}</span>}
    </span>
  );
}
