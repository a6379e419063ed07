import { useTranslation } from 'react-i18next';
import { textWidth } from '~/lib/lanes';
import { phaseNumeral } from '~/lib/words';
import { headWidth, type Lane } from './layout';

const tones: Record<string, number> = { intrusion: 1, foothold: 2, spread: 3, objective: 4 };

/** The name of a lane, its numeral and how many items it holds. */
export function LaneHead({ lane, width }: { lane: Lane; width: number }) {
  const { t } = useTranslation();
  const tone = tones[lane.phase];
  const colour = tone ? `var(--nr-ph-${tone})` : 'var(--nr-faint)';
  const name = t(lane.phase === '' ? 'phase.none' : `phase.${lane.phase}`);
  const [first, second] = textWidth(name) > headWidth - 40 ? split(name) : [name];
  return (
    <g>
      <rect
        x="0"
        y={lane.top}
        width={headWidth}
        height={lane.height}
        fill={tone ? `var(--nr-ph-${tone}-bg)` : 'var(--nr-raised)'}
      />
      <path d={`M0 ${lane.top + 0.5}H${width}`} stroke="var(--nr-line)" />
      <path d={`M1 ${lane.top + 1}V${lane.top + lane.height}`} stroke={colour} strokeWidth="2" />
      <text x="10" y={lane.top + 22} className="lane-numeral" style={{ fill: colour }}>
        {phaseNumeral(lane.phase)}
      </text>
      <text x="34" y={lane.top + 22} className="lane-name">
        {first}
      </text>
      {second && (
        <text x="34" y={lane.top + 37} className="lane-name">
          {second}
        </text>
      )}
      <text x="34" y={lane.top + (second ? 53 : 38)}>
        {t('common.count', { count: lane.count })}
      </text>
    </g>
  );
}

// A long name goes on two lines: after a slash, else at the blank nearest to its middle.
function split(name: string): [string, string?] {
  const slash = name.indexOf('/') + 1;
  if (slash > 0) return [name.slice(0, slash), name.slice(slash)];
  const blanks = [...name.matchAll(/ /g)].map((match) => match.index);
  const at = blanks.sort((a, b) => Math.abs(a - name.length / 2) - Math.abs(b - name.length / 2))[0];
  return at === undefined ? [name] : [name.slice(0, at), name.slice(at + 1)];
}
