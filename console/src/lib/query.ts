/** Writing the query language: what a click on a value adds to the query line. */

/** Words that would be read as operators. */
const operators = new Set(['and', 'or', 'not']);

/** Writes a value so that the query language reads it as one literal. */
export function quote(value: string): string {
  if (value !== '' && /^[\p{L}\p{N}_.\-/@]+$/u.test(value) && !operators.has(value.toLowerCase())) return value;
  return `"${value.replace(/[\\"]/g, '\\$&')}"`;
}

/** The condition that a field has a value. */
export function condition(field: string, value: string): string {
  return `${field}:${quote(value)}`;
}

/** Adds a condition to a query; a query with "or" at its top is put in parentheses first. Adding what is there already changes nothing. */
export function narrow(query: string, added: string, without = false): string {
  const term = without ? `not ${added}` : added;
  const base = query.trim();
  if (base === '' || base === '*') return term;
  if (conditions(base).includes(term)) return base;
  return `${hasTopLevelOr(base) ? `(${base})` : base} and ${term}`;
}

/** Takes a condition out of a query that holds it at its top. */
export function widen(query: string, removed: string): string {
  return conditions(query)
    .filter((term) => term !== removed)
    .join(' and ');
}

/** Whether the query holds the condition at its top. */
export function holds(query: string, term: string): boolean {
  return !hasTopLevelOr(query) && conditions(query).includes(term);
}

/** The conditions joined by "and" at the top of a query. */
export function conditions(query: string): string[] {
  const terms: string[] = [];
  let current: string[] = [];
  for (const word of words(query)) {
    if (word.depth === 0 && word.text.toLowerCase() === 'and') {
      terms.push(current.join(' '));
      current = [];
    } else current.push(word.text);
  }
  terms.push(current.join(' '));
  return terms.filter((term) => term !== '');
}

function hasTopLevelOr(query: string): boolean {
  return words(query).some((word) => word.depth === 0 && word.text.toLowerCase() === 'or');
}

/** Splits at blanks outside quotes, with the depth of parentheses in which each word begins. */
function words(query: string): { text: string; depth: number }[] {
  const out: { text: string; depth: number }[] = [];
  let depth = 0;
  for (const match of query.matchAll(/(?:"(?:\\.|[^"\\])*"?|[^\s"])+/g)) {
    const text = match[0];
    out.push({ text, depth: depth + (text.startsWith('(') ? 1 : 0) });
    const bare = text.replace(/"(?:\\.|[^"\\])*"?/g, '');
    depth += count(bare, '(') - count(bare, ')');
  }
  return out;
}

function count(text: string, sign: string): number {
  return text.split(sign).length - 1;
}

/** The query that finds the events which speak of an entity. */
export function entityQuery(value: string): string {
  return condition('entity', value);
}

/** What somebody who pastes this into the search box means. */
export type Guess = 'incident' | 'ip' | 'word';

/** Guesses what a pasted text is: an incident's number, an address, or any other word. */
export function guess(text: string): Guess {
  if (/^inc-\d{4}-\d+$/i.test(text)) return 'incident';
  if (/^(?:\d{1,3}\.){3}\d{1,3}(?:\/\d{1,2})?$/.test(text) || /^(?=.*:.*:)[0-9a-f:.]+$/i.test(text)) return 'ip';
  return 'word';
}
