import { ticks } from '~/lib/lanes';
import { formatTime, zoneOffset } from '~/lib/time';
import { useZone } from '~/parts/viewer';
import { axisHeight, headWidth, type Layout } from './layout';

/** The time axis above the lanes, in the tenant's zone. */
export function LaneAxis({ layout, tenant }: { layout: Layout; tenant: string }) {
  const zone = useZone(tenant);
  const { from, to, x, width, height } = layout;
  const most = Math.max(2, Math.floor((width - headWidth) / 90));
  const all = ticks(from, to, most, zoneOffset(new Date(from), zone));
  const long = to - from > 86_400_000;
  return (
    <g>
      {all.map((at) => (
        <g key={at}>
          <path d={`M${x(at)} ${axisHeight}V${height}`} stroke="var(--nr-line-2)" />
          <text x={x(at)} y="13" textAnchor="middle">
            {formatTime(new Date(at), zone, long ? 'minute' : 'hour')}
          </text>
        </g>
      ))}
      <text x="10" y="13">
        {formatTime(new Date(from), zone, 'day')}
      </text>
    </g>
  );
}
