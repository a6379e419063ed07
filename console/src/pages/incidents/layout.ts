import { useMemo } from 'react';
import type { IncidentDetail } from '~/api/nouns';
import { place, rowsOf, scale, type Placed } from '~/lib/lanes';
import { isPhase, useTitle, type PhaseName } from '~/lib/words';

/** Pixels of the drawing. */
export const headWidth = 112;
export const axisHeight = 20;
const rowHeight = 24;
const least = 66;
const mostRows = 16;

/** One lane: its phase, where it is, and how many items it holds. */
export type Lane = { phase: PhaseName | ''; top: number; height: number; count: number };

/** Where an item's mark stands. */
export type Spot = Placed & { y: number };

/** The whole drawing. */
export type Layout = {
  width: number;
  height: number;
  from: number;
  to: number;
  x: (at: number) => number;
  lanes: Lane[];
  spots: ReadonlyMap<string, Spot>;
};

// The four phases are always there, so that an empty lane says that nothing was seen; what comes before and what is not known only when there is any.
function phasesOf(incident: IncidentDetail): (PhaseName | '')[] {
  const seen = new Set(incident.items.map((item) => item.phase as string));
  const four: PhaseName[] = ['intrusion', 'foothold', 'spread', 'objective'];
  const odd = [...seen].some((phase) => !isPhase(phase));
  return [...(seen.has('before') ? (['before'] as const) : []), ...four, ...(odd ? ([''] as const) : [])];
}

/** Lays out the lanes of an incident for a width. */
export function useLayout(incident: IncidentDetail, width: number): Layout {
  const title = useTitle();
  return useMemo(() => {
    const first = Date.parse(incident.first);
    const last = Date.parse(incident.last);
    const margin = Math.max(60_000, (last - first) * 0.04);
    const [from, to] = [first - margin, last + margin];
    const x = scale(from, to, headWidth + 12, width - 12);
    const spots = new Map<string, Spot>();
    const lanes: Lane[] = [];
    let top = axisHeight;
    for (const phase of phasesOf(incident)) {
      const items = incident.items.filter((item) => (isPhase(item.phase) ? item.phase : '') === phase);
      const marks = items.map((item) => ({
        id: item.id,
        from: Date.parse(item.first),
        to: Date.parse(item.last),
        label: title(item),
        note: item.subject.value,
      }));
      const placed = place(marks, x, headWidth + 4, width - 4, mostRows);
      const height = Math.max(least, rowsOf(placed) * rowHeight + 16);
      for (const mark of placed) spots.set(mark.id, { ...mark, y: top + 20 + mark.row * rowHeight });
      lanes.push({ phase, top, height, count: items.length });
      top += height;
    }
    return { width, height: top + 1, from, to, x, lanes, spots };
  }, [incident, width, title]);
}
