/** Reading an event for the screen. */

/** A field's value as text; what is not text is written as JSON. */
export function fieldText(value: unknown): string {
  if (typeof value === 'string') return value;
  return JSON.stringify(value);
}

type Told = { ecs: Record<string, unknown>; fields: Record<string, unknown>; raw: string; problem: string };

/** The value of a column of the results: an ECS name or a name of the log's own. */
export function valueOf(event: Told, field: string): string {
  const value = event.ecs[field] ?? event.fields[field];
  return value === undefined || value === null ? '' : fieldText(value);
}

const telling = [
  'process.command_line',
  'rule.name',
  'dns.question.name',
  'url.full',
  'registry.path',
  'file.path',
  'email.subject',
  'tls.client.server_name',
  'message',
] as const;

/** The event in a line, from what tells most of it. */
export function summary(event: Told): string {
  if (event.problem && Object.keys(event.fields).length === 0) return event.raw;
  const said = telling.map((field) => valueOf(event, field)).find((text) => text !== '') ?? '';
  const to = valueOf(event, 'destination.ip');
  const port = valueOf(event, 'destination.port');
  const connection = to ? `${valueOf(event, 'source.ip')} → ${to}${port ? `:${port}` : ''}` : '';
  const action = valueOf(event, 'event.action');
  return (
    [connection, said || (connection ? valueOf(event, 'network.protocol') : action)].filter(Boolean).join('  ') ||
    event.raw
  );
}

const kinds: readonly (readonly [RegExp, string])[] = [
  [/(^|\.)ip$/, 'ip'],
  [/^host\.name$/, 'host'],
  [/^user\..*name$/, 'user'],
  [/domain$|^dns\.question\.name$|server_name$/, 'domain'],
  [/^url\./, 'url'],
  [/hash/, 'hash'],
  [/^process\..*(executable|name)$/, 'process'],
  [/^file\./, 'file'],
];

/** The kind of entity that a field names; "" when it names none. */
export function kindOf(field: string): string {
  return kinds.find(([pattern]) => pattern.test(field))?.[1] ?? '';
}
