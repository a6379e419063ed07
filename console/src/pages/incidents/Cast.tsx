import { useTranslation } from 'react-i18next';
import type { IncidentDetail } from '~/api/nouns';
import { Entity } from '~/parts/Entity';
import { Empty } from '~/parts/States';

const parts = ['victim', 'account', 'attacker', 'tool'] as const;
const kinds = ['host', 'ip', 'user', 'domain', 'url', 'hash', 'process', 'file'] as const;

/** Who takes part in the incident, by the part that they play, the most spoken of first. */
export function Cast({ incident }: { incident: IncidentDetail }) {
  const { t } = useTranslation();
  return (
    <>
      <div className="panel-head">
        <h2>{t('incidents.entities')}</h2>
      </div>
      <div className="scroll" tabIndex={0} aria-label={t('incidents.entities')}>
        {incident.entities.length === 0 && <Empty text={t('incidents.noEntities')} />}
        {parts.map((part) => {
          const of = incident.entities.filter((entity) => entity.part === part);
          if (of.length === 0) return null;
          return (
            <section key={part} className="cast">
              <h3>
                {t(`part.${part}`)} <span className="faint">{of.length}</span>
              </h3>
              <ul>
                {of.map((entity) => (
                  <li key={`${entity.kind} ${entity.value}`}>
                    <Entity kind={entity.kind} value={entity.value} />
                    <KindName kind={entity.kind} />
                    <span className="faint right">{entity.alerts}</span>
                  </li>
                ))}
              </ul>
            </section>
          );
        })}
      </div>
    </>
  );
}

function KindName({ kind }: { kind: string }) {
  const { t } = useTranslation();
  const known = kinds.find((each) => each === kind);
  return <span className="faint small">{known && t(`kind.${known}`)}</span>;
}
