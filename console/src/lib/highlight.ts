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

/** Splits a value at the parts that any of the patterns names. A pattern that names no part hides behind those that do. */
export function allPieces(value: string, patterns: readonly string[]): Piece[] {
  const hits = new Array<boolean>(value.length).fill(false);
  const each = patterns.map((pattern) => pieces(value, pattern));
  const telling = each.filter((split) => split.some((piece) => !piece.hit));
  for (const split of telling.length > 0 ? telling : each) {
    let at = 0;
    for (const piece of split) {
      if (piece.hit) hits.fill(true, at, at + piece.text.length);
      at += piece.text.length;
    }
  }
  const out: Piece[] = [];
  for (let from = 0, to = 1; to <= value.length; to++) {
    if (to < value.length && hits[to] === hits[from]) continue;
    out.push({ text: value.slice(from, to), hit: hits[from] ?? false });
    from = to;
  }
  return out;
}
