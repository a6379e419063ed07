/** Placing marks in the lanes of an incident's time axis so that no label covers another. */

/** One thing to be placed: when it began and ended in milliseconds, and its label. */
export type Mark = { id: string; from: number; to: number; label: string; note: string };

/** Where a mark stands: x of its square, x where its last alert is, the row within its lane, and on which side the label is (none where there was no room). */
export type Placed = Mark & { x: number; end: number; row: number; side: 'right' | 'left' | 'none' };

const square = 16;
const gap = 6;

/** The width of a text in the console's face, near enough to keep labels apart: wide characters are as wide as they are high. */
export function textWidth(text: string, size = 11): number {
  let width = 0;
  for (const sign of text) width += /[\u1100-\uffdc]/.test(sign) ? size : size * 0.58;
  return width;
}

/** Maps an instant to x. */
export function scale(from: number, to: number, left: number, right: number): (at: number) => number {
  const length = Math.max(1, to - from);
  return (at) => left + ((at - from) / length) * (right - left);
}

/** Places marks into rows, in the order of time: the first row with room takes the mark with its label right of it, else left of it; when all rows are full the label is left out. */
export function place(
  marks: readonly Mark[],
  x: (at: number) => number,
  left: number,
  right: number,
  rows: number,
): Placed[] {
  const taken: [number, number][][] = Array.from({ length: rows }, () => []);
  return [...marks].sort((a, b) => a.from - b.from).map((mark) => put(mark, taken, x, left, right));
}

function put(mark: Mark, taken: [number, number][][], x: (at: number) => number, left: number, right: number): Placed {
  const at = x(mark.from);
  const end = Math.max(at, x(mark.to));
  const label = textWidth(mark.label) + (mark.note ? textWidth(mark.note) + gap : 0);
  const toRight: [number, number] = [at - square / 2, Math.max(end + gap, at + square / 2 + gap + label + gap)];
  const toLeft: [number, number] = [at - square / 2 - gap - label - gap, end + square / 2];
  const bare: [number, number] = [at - square / 2, end + square / 2];
  const tries = [
    { side: 'right', span: toRight, fits: toRight[1] <= right },
    { side: 'left', span: toLeft, fits: toLeft[0] >= left },
    { side: 'none', span: bare, fits: true },
  ] as const;
  for (const { side, span, fits } of tries) {
    const row = fits ? taken.findIndex((spans) => spans.every(([a, b]) => span[1] <= a || span[0] >= b)) : -1;
    if (row < 0) continue;
    taken[row]?.push([...span]);
    return { ...mark, x: at, end, row, side };
  }
  return { ...mark, x: at, end, row: taken.length - 1, side: 'none' };
}

/** How many rows the marks took. */
export function rowsOf(placed: readonly Placed[]): number {
  return placed.reduce((most, mark) => Math.max(most, mark.row + 1), 1);
}

const steps = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 10080].map((minutes) => minutes * 60_000);

/** Instants for the ticks of an axis: round ones in a zone whose offset is given in milliseconds, at most as many as asked for. */
export function ticks(from: number, to: number, most: number, offset: number): number[] {
  const step = steps.find((each) => (to - from) / each <= most) ?? (to - from) / most;
  const out: number[] = [];
  for (let at = Math.ceil((from + offset) / step) * step - offset; at <= to; at += step) out.push(at);
  return out;
}
