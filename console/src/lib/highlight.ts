/** A piece of a value, and whether the rule matched it. */
export type Piece = { text: string; hit: boolean };

/** How a condition compares, as the server writes it before the pattern: "endswith: \cmd.exe", "contains|all: group". */
const comparison = /^([a-z0-9]+)((?:\|[a-z0-9]+)*): /;

/** Splits a value at the parts that a pattern names. Where they cannot be found literally (a network, a regular expression, a number) the whole value is the hit. */
export function pieces(value: string, pattern: string | undefined): Piece[] {
  const whole = [{ text: value, hit: true }];
  const said = comparison.exec(pattern ?? '');
  const text = said ? (pattern ?? '').slice(said[0].length) : (pattern ?? '');
  const how = said?.[1] ?? '';
  if (how === 're' || how === 'cidr') return whole;
  const literals = text
    .split(/[*?]+/)
    .map((part) => part.replace(/\\\\/g, '\\'))
    .filter((part) => part !== '');
  if (literals.length === 0) return whole;
  if (how === 'endswith' && literals.length === 1) return atEnd(value, literals[0] ?? '') ?? whole;
  return inOrder(value, literals) ?? whole;
}

function atEnd(value: string, literal: string): Piece[] | undefined {
  const at = value.length - literal.length;
  if (value.slice(at).toLowerCase() !== literal.toLowerCase()) return undefined;
  return [
    { text: value.slice(0, at), hit: false },
    { text: value.slice(at), hit: true },
  ].filter((piece) => piece.text !== '');
}

function inOrder(value: string, literals: readonly string[]): Piece[] | undefined {
  const found: Piece[] = [];
  const lower = value.toLowerCase();
  let from = 0;
  for (const literal of literals) {
    const at = lower.indexOf(literal.toLowerCase(), from);
    if (at < 0) return undefined;
    if (at > from) found.push({ text: value.slice(from, at), hit: false });
    found.push({ text: value.slice(at, at + literal.length), hit: true });
    from = at + literal.length;
  }
  if (from < value.length) found.push({ text: value.slice(from), hit: false });
  return found;
}
