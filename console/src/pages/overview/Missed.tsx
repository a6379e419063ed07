import { useTranslation } from 'react-i18next';
import type { Overview } from '~/api/nouns';
import { condition } from '~/lib/query';
import { number, useSpan } from '~/lib/words';
import { ScopedLink } from '~/parts/ScopedLink';
import { Empty } from '~/parts/States';
import { useSiteName, useViewer } from '~/parts/viewer';

type State = Overview['sources'][number];

const quietSeconds = 3600;

// Silent ones first, then those whose logs we cannot read.
function byConcern(a: State, b: State): number {
  const silence = (source: State) => source.silent_s ?? Infinity;
  const quiet = (source: State) => (silence(source) > quietSeconds ? 1 : 0);
  return quiet(b) - quiet(a) || b.unparsed_1h - a.unparsed_1h || b.events_1h - a.events_1h;
}

/** Do we miss: sources that fell silent, and logs that could not be read. */
export function Missed({ data }: { data: Overview }) {
  const { t } = useTranslation();
  const { person } = useViewer();
  const site = useSiteName();
  return (
    <section className="panel" aria-label={t('overview.missed')}>
      <div className="panel-head">
        <h2>{t('overview.missed')}</h2>
        <span className="dim">{t('overview.missedNote')}</span>
        {person.role === 'administrator' && (
          <ScopedLink to="/admin/sources" className="end dim small">
            {t('overview.sourcesLink')}
          </ScopedLink>
        )}
      </div>
      {data.sources.length === 0 ? (
        <Empty text={t('overview.noSources')} />
      ) : (
        <table className="plain-table missed">
          <thead>
            <tr>
              <th>{t('overview.source')}</th>
              <th>{t('alerts.site')}</th>
              <th className="right">{t('overview.perHour')}</th>
              <th className="right">{t('overview.unparsedColumn')}</th>
              <th className="right">{t('overview.last')}</th>
            </tr>
          </thead>
          <tbody>
            {[...data.sources].sort(byConcern).map((source) => (
              <tr key={`${source.tenant} ${source.id}`}>
                <td>
                  <ScopedLink to="/search" params={{ q: condition('source', source.id) }} title={source.id}>
                    {source.name}
                  </ScopedLink>
                </td>
                <td className="dim">{site(source.tenant, source.site)}</td>
                <td className="right">{number(source.events_1h)}</td>
                <td className="right">
                  <ScopedLink
                    to="/search"
                    params={{ q: `${condition('source', source.id)} and dataset:unparsed` }}
                    className={source.unparsed_1h > 0 ? 'warn' : 'faint'}
                  >
                    {number(source.unparsed_1h)}
                  </ScopedLink>
                </td>
                <td className="right">
                  <Silence source={source} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function Silence({ source }: { source: State }) {
  const { t } = useTranslation();
  const write = useSpan();
  if (source.silent_s == null) return <span className="warn">{t('overview.never')}</span>;
  const text = t('span.ago', { span: write(source.silent_s) });
  if (source.silent_s <= quietSeconds) return <span className="dim">{text}</span>;
  return (
    <span className="bad">
      {t('overview.silent')} {text}
    </span>
  );
}
