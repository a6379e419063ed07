import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Overview } from '~/api/nouns';
import { levels, number, percent, verdicts } from '~/lib/words';
import { Age } from '~/parts/Age';
import { ScopedLink } from '~/parts/ScopedLink';
import { Severity } from '~/parts/Severity';
import { Verdict } from '~/parts/Verdict';

/** The figures at the top, each with its proof and a way to its rows. */
export function Figures({ data, hours }: { data: Overview; hours: number }) {
  const { t } = useTranslation();
  const open = Object.values(data.items_open_by_level).reduce((sum, n) => sum + n, 0);
  const judged = Object.values(data.judged_24h).reduce((sum, n) => sum + n, 0);
  const wrong = (data.judged_24h.false_positive ?? 0) + (data.judged_24h.over_detection ?? 0);
  const rate = data.false_positive_rate;
  const from = hours === 24 ? 'now-24h' : `now-${hours / 24}d`;
  return (
    <section className="panel figures">
      <Figure name={t('overview.open')} to="/alerts" value={number(open)}>
        {levels.map((level) => {
          const n = data.items_open_by_level[level] ?? 0;
          return (
            n > 0 && (
              <ScopedLink key={level} to="/alerts" params={{ level }} className="row figure-level">
                <Severity level={level} />
                {number(n)}
              </ScopedLink>
            )
          );
        })}
      </Figure>
      <Figure
        name={t('overview.waiting')}
        to="/alerts"
        params={{ sort: 'age' }}
        value={data.oldest_open ? <Age since={data.oldest_open} /> : '–'}
      >
        {!data.oldest_open && t('overview.oldestNone')}
      </Figure>
      <Figure name={t('overview.judged')} to="/alerts" params={{ state: 'judged' }} value={number(judged)}>
        {verdicts.map(({ verdict }) => {
          const n = data.judged_24h[verdict] ?? 0;
          return (
            n > 0 && (
              <span key={verdict} className="row figure-level">
                <Verdict verdict={verdict} /> {n}
              </span>
            )
          );
        })}
      </Figure>
      <Figure
        name={t('overview.fpRate')}
        to="/rules"
        params={{ sort: '-fp' }}
        value={rate == null ? '–' : <Share share={rate} />}
      >
        {rate == null ? t('overview.fpNone') : t('overview.fpBasis', { judged, count: wrong })}
      </Figure>
      <Figure
        name={t('overview.events')}
        note={t('overview.judgedNote')}
        to="/search"
        params={{ from }}
        value={number(data.events_total_24h)}
      />
      <Figure
        name={t('overview.unparsed')}
        note={t('overview.judgedNote')}
        to="/search"
        params={{ q: 'dataset:unparsed', from }}
        value={number(data.unparsed_24h)}
      >
        {percent(data.unparsed_24h, data.events_total_24h)}
      </Figure>
    </section>
  );
}

function Share({ share }: { share: number }) {
  return (
    <>
      {(share * 100).toFixed(1)}
      <small>%</small>
    </>
  );
}

type Props = {
  name: string;
  note?: string;
  to: string;
  params?: Record<string, string>;
  value: ReactNode;
  children?: ReactNode;
};

function Figure({ name, note, to, params, value, children }: Props) {
  return (
    <div>
      <div className="figure-name">
        <b>{name}</b> {note && <span className="faint small">{note}</span>}
      </div>
      <ScopedLink to={to} params={params} className="figure" aria-label={name}>
        {value}
      </ScopedLink>
      <div className="figure-proof small dim">{children}</div>
    </div>
  );
}
