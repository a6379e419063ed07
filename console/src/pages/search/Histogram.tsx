import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useHistogram } from '~/api/events';
import { useTheme } from '~/lib/appearance';
import { formatTime } from '~/lib/time';
import { number, useSpan } from '~/lib/words';
import { bars } from '~/parts/Chart/bars';
import { Chart } from '~/parts/Chart/Chart';
import { Answer } from '~/parts/States';
import { useZone } from '~/parts/viewer';
import type { Search } from './useSearch';

const wanted = 60;

/** How the answers spread over time; dragging over bars narrows the range to them. */
export function Histogram({ search, total }: { search: Search; total?: number }) {
  const { t } = useTranslation();
  const write = useSpan();
  const histogram = useHistogram(search.asked, wanted);
  const widen = () => {
    const [from, to] = [Date.parse(search.asked.from ?? ''), Date.parse(search.asked.to ?? '')];
    const half = (to - from) / 2;
    search.range(new Date(from - half).toISOString(), new Date(to + half).toISOString());
  };
  return (
    <section className="panel search-histogram" aria-label={t('search.histogram')}>
      <div className="search-legend small faint">
        {total !== undefined && <b>{t('search.hits', { count: total, formatted: number(total) })}</b>}
        {histogram.data && <span>{t('search.per', { span: write(histogram.data.width_s) })}</span>}
        <span>{t('search.brush')}</span>
        <button type="button" className="plain end" onClick={widen}>
          {t('search.zoomOut')}
        </button>
      </div>
      {histogram.error ? (
        <div style={{ height: 96 }} />
      ) : (
        <Answer query={histogram} rows={2}>
          {(data) => <Bars data={data} search={search} />}
        </Answer>
      )}
    </section>
  );
}

type Data = { width_s: number; buckets: { start: string; count: number }[] };

function Bars({ data, search }: { data: Data; search: Search }) {
  const { t } = useTranslation();
  const zone = useZone();
  const theme = useTheme();
  const option = useMemo(() => {
    const style = data.width_s >= 86_400 ? 'day' : data.buckets.length * data.width_s > 86_400 ? 'minute' : 'hour';
    const labels = data.buckets.map((bucket) => formatTime(bucket.start, zone, style));
    const series = [{ name: t('search.rows'), color: 'ink-3', values: data.buckets.map((bucket) => bucket.count) }];
    // The theme is read by bars through the tokens.
    return { ...bars(labels, series, { brush: true }), darkMode: theme === 'dark' };
  }, [data, zone, theme, t]);
  const brush = (first: number, last: number) => {
    const [a, b] = [data.buckets[first], data.buckets[last]];
    if (a && b) search.range(a.start, new Date(Date.parse(b.start) + data.width_s * 1000).toISOString());
  };
  return <Chart label={t('search.histogram')} option={option} height={96} onBrush={brush} />;
}
