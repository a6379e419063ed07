import { useTranslation } from 'react-i18next';
import { formatTime, zoneName, type TimeStyle } from '~/lib/time';
import { useSpan } from '~/lib/words';
import { useZone } from './viewer';

/** An instant in the tenant's zone. Hovering gives the full time, the zone's name and how long ago it was. */
export function Time({ at, style = 'second', tenant }: { at: string; style?: TimeStyle; tenant?: string }) {
  const { t } = useTranslation();
  const write = useSpan();
  const zone = useZone(tenant);
  const instant = new Date(at);
  const hint = () => {
    const seconds = (Date.now() - instant.getTime()) / 1000;
    const relative = t(seconds >= 0 ? 'span.ago' : 'span.ahead', { span: write(Math.abs(seconds)) });
    return `${formatTime(at, zone, 'full')} ${zoneName(zone, instant)} (${relative})`;
  };
  return (
    <time className="mono" dateTime={at} onMouseEnter={(event) => (event.currentTarget.title = hint())}>
      {formatTime(at, zone, style)}
    </time>
  );
}
