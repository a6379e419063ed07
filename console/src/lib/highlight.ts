/** A piece of a value, and whether the rule matched it. */
export type Piece = { text: string; hit: boolean };

/** Splits a value at the parts that a pattern with * and ? names. Without a pattern, or with one that is not found literally, the whole value is the hit. */
export function pieces(value: string, pattern: string | undefined): Piece[] {
  const literals = (pattern ?? '')
    .split(/[*?]+/)
    .map((part) => part.replace(/\\\\/g, '\\'))
    .filter((part) => part.trim() !== '');
  const found: Piece[] = [];
  const lower = value.toLowerCase();
  let from = 0;
  for (const literal of literals) {
    const at = lower.indexOf(literal.toLowerCase(), from);
    if (at < 0) return [{ text: value, hit: true }];
    if (at > from) found.push({ text: value.slice(from, at), hit: false });
    found.push({ text: value.slice(at, at + literal.length), hit: true });
    from = at + literal.length;
  }
  if (literals.length === 0) return [{ text: value, hit: true }];
  if (from < value.length) found.push({ text: value.slice(from), hit: false });
  return found;
}
