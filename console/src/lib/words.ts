import { useTranslation } from 'react-i18next';
import { span, type Span } from './time';

/** Severities, from the highest. */
export const levels = ['critical', 'high', 'medium', 'low', 'informational'] as const;
export type LevelName = (typeof levels)[number];

/** Phases in the order of an attack. */
export const phases = ['before', 'intrusion', 'foothold', 'spread', 'objective'] as const;
export type PhaseName = (typeof phases)[number];

/** Verdicts with the key that gives them, in the order of the judgement bar. */
export const verdicts = [
  { verdict: 'false_positive', key: 'f' },
  { verdict: 'over_detection', key: 'v' },
  { verdict: 'test', key: 't' },
  { verdict: 'hold', key: 'h' },
  { verdict: 'level_1', key: '1' },
  { verdict: 'level_2', key: '2' },
  { verdict: 'level_3', key: '3' },
  { verdict: 'level_4', key: '4' },
] as const;
export type VerdictName = (typeof verdicts)[number]['verdict'];

/** The letter of a severity: C H M L I. */
export function levelLetter(level: string): 'C' | 'H' | 'M' | 'L' | 'I' {
  return ({ critical: 'C', high: 'H', medium: 'M', low: 'L' } as const)[level] ?? 'I';
}

/** The numeral of a phase: 0 before the lanes, I to IV; "–" when it is not known. */
export function phaseNumeral(phase: string): string {
  return { before: '0', intrusion: 'I', foothold: 'II', spread: 'III', objective: 'IV' }[phase] ?? '–';
}

/** Whether a text is the name of a phase. */
export function isPhase(phase: string): phase is PhaseName {
  return (phases as readonly string[]).includes(phase);
}

/** Whether a text is the name of a verdict. */
export function isVerdict(verdict: string): verdict is VerdictName {
  return verdicts.some((each) => each.verdict === verdict);
}

/** Picks the text in the language of the screen; Japanese falls back to English where a rule has none. */
export function useTitle(): (thing: { title: string; title_ja: string }) => string {
  const { i18n } = useTranslation();
  return (thing) => (i18n.language === 'ja' && thing.title_ja ? thing.title_ja : thing.title);
}

/** Picks one of two texts by the language of the screen. */
export function usePick(): (english: string, japanese: string) => string {
  const { i18n } = useTranslation();
  return (english, japanese) => (i18n.language === 'ja' && japanese ? japanese : english);
}

/** Writes a length of time in words. */
export function useSpan(): (seconds: number) => string {
  const { t } = useTranslation();
  return (seconds) => {
    const parts: Span = span(seconds);
    if (parts.unit === 'hour' && parts.rest > 0) return t('span.hourRest', { n: parts.n, rest: parts.rest });
    return t(`span.${parts.unit}`, { n: parts.n });
  };
}

/** Writes a number with separators. */
export function number(n: number): string {
  return new Intl.NumberFormat('en-US').format(n);
}

/** Writes a share as a percentage without decimals, "<1" for what rounds to nothing. */
export function percent(part: number, whole: number): string {
  if (whole === 0) return '0%';
  const share = (100 * part) / whole;
  if (share > 0 && share < 1) return '<1%';
  return `${Math.round(share)}%`;
}
