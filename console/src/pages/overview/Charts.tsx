import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import type { Overview } from '~/api/nouns';
import { useAddress } from '~/lib/address';
import { useTheme } from '~/lib/appearance';
import { formatTime } from '~/lib/time';
import { levelLetter, levels } from '~/lib/words';
import { bars } from '~/parts/Chart/bars';
import { Chart } from '~/parts/Chart/Chart';
import { useZone } from '~/parts/viewer';

const hour = 3_600_000;

/** Items by hour and what was received by minute; a bar opens its rows. */
export function Charts({ data }: { data: Overview }) {
  return (
    <div className="overview-charts">
      <Items hours={data.items_by_hour} />
      <Received minutes={data.received_per_minute} />
    </div>
  );
}

function Items({ hours }: { hours: Overview['items_by_hour'] }) {
  const { t } = useTranslation();
  const { to } = useAddress();
  const navigate = useNavigate();
  const zone = useZone();
  const theme = useTheme();
  const option = useMemo(() => {
    const style = hours.length > 25 ? 'minute' : 'hour';
    const series = [...levels].reverse().map((level) => ({
      name: t(`level.${level}`),
      color: `sev-${levelLetter(level) === 'I' ? 'l' : levelLetter(level).toLowerCase()}`,
      values: hours.map((each) => each.levels[level] ?? 0),
    }));
    const seen = series.filter((each) => each.values.some((n) => n > 0));
    const labels = hours.map((each) => formatTime(each.start, zone, style));
    return { ...bars(labels, seen), darkMode: theme === 'dark' };
  }, [hours, zone, theme, t]);
  const open = (index: number) => {
    const start = hours[index]?.start;
    if (!start) return;
    const end = new Date(Date.parse(start) + hour).toISOString();
    void navigate(to('/alerts', { state: 'all', from: start, to: end }));
  };
  const none = hours.every((each) => Object.values(each.levels).every((n) => n === 0));
  return (
    <section className="panel" aria-label={t('overview.byHour')}>
      <div className="panel-head">
        <h2>{t('overview.byHour')}</h2>
        <span className="dim">{t('overview.byHourNote')}</span>
        <Legend />
      </div>
      {none ? (
        <p className="dim chart-none">{t('overview.noItems')}</p>
      ) : (
        <Chart label={t('overview.byHour')} option={option} height={132} onPick={open} />
      )}
    </section>
  );
}

function Legend() {
  const { t } = useTranslation();
  return (
    <span className="end row small faint">
      {levels.slice(0, 4).map((level) => (
        <span key={level} className="with-word">
          <i className={`legend legend-${levelLetter(level)}`} aria-hidden />
          {t(`level.${level}`)}
        </span>
      ))}
    </span>
  );
}

function Received({ minutes }: { minutes: Overview['received_per_minute'] }) {
  const { t } = useTranslation();
  const { to } = useAddress();
  const navigate = useNavigate();
  const zone = useZone();
  const theme = useTheme();
  const option = useMemo(
    () => ({
      ...bars(
        minutes.map((each) => formatTime(each.start, zone, 'hour')),
        [{ name: t('overview.events'), color: 'ink-3', values: minutes.map((each) => each.count) }],
      ),
      darkMode: theme === 'dark',
    }),
    [minutes, zone, theme, t],
  );
  return (
    <section className="panel" aria-label={t('overview.received')}>
      <div className="panel-head">
        <h2>{t('overview.received')}</h2>
        <span className="dim">{t('overview.receivedNote')}</span>
      </div>
      <Chart
        label={t('overview.received')}
        option={option}
        height={132}
        onPick={() => void navigate(to('/search', { from: 'now-1h' }))}
      />
    </section>
  );
}
