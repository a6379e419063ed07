import { useElementSize } from '@mantine/hooks';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import type { IncidentDetail, IncidentItem } from '~/api/nouns';
import { useAddress } from '~/lib/address';
import { textWidth } from '~/lib/lanes';
import { levelLetter } from '~/lib/words';
import { LaneAxis } from './LaneAxis';
import { LaneHead } from './LaneHead';
import { axisHeight, headWidth, useLayout, type Spot } from './layout';

/** The phases of the incident over one time axis: marks are items with their severity, dots how long they lasted, arrows how they are tied. */
export function Lanes({ incident }: { incident: IncidentDetail }) {
  const { t } = useTranslation();
  const { ref, width } = useElementSize();
  const layout = useLayout(incident, Math.max(640, width));
  return (
    <div ref={ref} className="lanes">
      {width > 0 && (
        <svg width={Math.max(640, width)} height={layout.height} role="group" aria-label={t('incidents.lanes')}>
          <defs>
            <Arrow id="tie" colour="var(--nr-ink-2)" />
            <Arrow id="tie-far" colour="var(--nr-ink-4)" />
          </defs>
          {layout.lanes.map((lane) => (
            <LaneHead key={lane.phase} lane={lane} width={layout.width} />
          ))}
          <LaneAxis layout={layout} tenant={incident.tenant} />
          {telling(incident.items).map((item) => (
            <Tie key={item.id} item={item} spots={layout.spots} />
          ))}
          {incident.items.map((item) => (
            <MarkOf key={item.id} item={item} spot={layout.spots.get(item.id)} incident={incident.id} />
          ))}
          <path d={`M${headWidth} ${axisHeight}V${layout.height}`} stroke="var(--nr-line)" />
        </svg>
      )}
    </div>
  );
}

function Arrow({ id, colour }: { id: string; colour: string }) {
  return (
    <marker id={id} viewBox="0 0 6 6" refX="5" refY="3" markerWidth="6" markerHeight="6" orient="auto">
      <path d="M0 0L6 3L0 6z" fill={colour} />
    </marker>
  );
}

// Of many ties only those are drawn that tell the way of the attack: the first into each phase of each host, person or address.
function telling(items: readonly IncidentItem[]): IncidentItem[] {
  const seen = new Set<string>();
  return [...items]
    .sort((a, b) => Date.parse(a.first) - Date.parse(b.first))
    .filter((item) => {
      const place = `${item.subject.value} ${item.phase}`;
      if (seen.has(place)) return false;
      seen.add(place);
      return true;
    });
}

// An arrow goes from the item that another was tied to; one that crosses hosts is drawn strong.
function Tie({ item, spots }: { item: IncidentItem; spots: ReadonlyMap<string, Spot> }) {
  const [from, to] = [spots.get(item.reason.with), spots.get(item.id)];
  if (!from || !to || from === to) return null;
  const far = item.reason.code !== 'same_host';
  const level = Math.abs(from.y - to.y) < 2;
  const path = level
    ? `M${from.x + 9} ${from.y}H${to.x - 10}`
    : to.x - from.x < 24
      ? `M${from.x} ${from.y + (to.y > from.y ? 9 : -9)}V${to.y + (to.y > from.y ? -10 : 10)}`
      : `M${from.x} ${from.y + (to.y > from.y ? 9 : -9)}V${to.y}H${to.x - 10}`;
  if (level && to.x - from.x < 24) return null;
  return (
    <path
      d={path}
      fill="none"
      stroke={far ? 'var(--nr-ink-4)' : 'var(--nr-ink-2)'}
      strokeWidth={far ? 1.5 : 1}
      markerEnd={far ? 'url(#tie-far)' : 'url(#tie)'}
    />
  );
}

function labelWidth(spot: Spot): number {
  return textWidth(spot.label) + 6 + textWidth(spot.note);
}

function MarkOf({ item, spot, incident }: { item: IncidentItem; spot?: Spot; incident: string }) {
  const { t } = useTranslation();
  const { to } = useAddress();
  const navigate = useNavigate();
  if (!spot) return null;
  const letter = levelLetter(item.level).toLowerCase();
  const href = to('/alerts', { state: 'all', incident, item: item.id });
  const at = spot.side === 'left' ? spot.x - 14 : Math.max(spot.x + 14, 0);
  return (
    <a
      href={href}
      className="lane-mark"
      aria-label={`${t('incidents.openItem')}: ${t(`level.${item.level}`)} ${spot.label} ${spot.note}`}
      onClick={(event) => {
        event.preventDefault();
        void navigate(href);
      }}
    >
      <title>{`${t(`level.${item.level}`)} ${spot.label} ${spot.note}`}</title>
      {spot.end > spot.x + 10 && (
        <path
          d={`M${spot.x + 9} ${spot.y + 9}H${spot.end}`}
          stroke="var(--nr-ink-2)"
          strokeWidth="3"
          strokeDasharray="1 3"
        />
      )}
      <rect
        x={spot.x - 8}
        y={spot.y - 8}
        width="16"
        height="16"
        rx="2"
        fill={`var(--nr-sev-${letter === 'i' ? 'l' : letter})`}
        stroke="var(--nr-surface)"
      />
      <text
        x={spot.x}
        y={spot.y + 4}
        textAnchor="middle"
        className="lane-letter"
        style={{ fill: `var(--nr-on-sev-${letter === 'i' ? 'l' : letter})` }}
      >
        {levelLetter(item.level)}
      </text>
      {spot.side !== 'none' && (
        <rect
          x={spot.side === 'left' ? at - labelWidth(spot) : at - 2}
          y={spot.y - 8}
          width={labelWidth(spot) + 2}
          height="16"
          fill="var(--nr-surface)"
          opacity="0.88"
        />
      )}
      {spot.side !== 'none' && (
        <text x={at} y={spot.y + 4} textAnchor={spot.side === 'left' ? 'end' : 'start'} className="lane-label">
          {spot.label} <tspan className="lane-note">{spot.note}</tspan>
        </text>
      )}
    </a>
  );
}
