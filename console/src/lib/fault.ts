/** What the server says of a query that it cannot read, by the words that it uses. */
const known = {
  'a value': 'value',
  'a closing "': 'quote',
  '"and", "or" or the end': 'operator',
  '"and", "or" or ")"': 'paren',
  '"or" or ")" in the list of values': 'list',
  'a word, a phrase or field:value': 'term',
  'a field\'s name before ":"': 'field',
  "a field's name without wildcards": 'plainField',
  'a word of at least one character': 'word',
  'a space (or the whole value in quotes)': 'space',
  'the end': 'end',
  'a space': 'blank',
} as const;

/** The key of a phrase of the server's; undefined where it is none that has a translation. */
export function faultKey(phrase: string): (typeof known)[keyof typeof known] | undefined {
  return Object.entries(known).find(([words]) => words === phrase)?.[1];
}
