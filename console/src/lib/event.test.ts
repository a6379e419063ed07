import { describe, expect, it } from 'vitest';
import { fieldText, kindOf, summary, valueOf } from './event';

const event = (ecs: Record<string, unknown>, more = {}) => ({ ecs, fields: {}, raw: 'raw line', problem: '', ...more });

describe('summary', () => {
  it.each([
    [{ 'process.command_line': 'cmd /c x', 'event.action': 'start' }, 'cmd /c x'],
    [{ 'source.ip': '10.0.0.1', 'destination.ip': '192.0.2.1', 'destination.port': 443 }, '10.0.0.1 → 192.0.2.1:443'],
    [
      { 'source.ip': '10.0.0.1', 'destination.ip': '192.0.2.53', 'dns.question.name': 'a.example' },
      '10.0.0.1 → 192.0.2.53  a.example',
    ],
    [{ 'event.action': 'logged-in' }, 'logged-in'],
    [{}, 'raw line'],
  ])('of %o', (ecs, want) => {
    expect(summary(event(ecs))).toBe(want);
  });
  it('is the raw line of what could not be parsed', () => {
    expect(summary(event({ message: 'x' }, { problem: 'no JSON' }))).toBe('raw line');
  });
});

describe('values', () => {
  it('come from ECS, else from the log', () => {
    const both = event({ 'host.name': 'a' }, { fields: { EventID: 1, 'host.name': 'b' } });
    expect([valueOf(both, 'host.name'), valueOf(both, 'EventID'), valueOf(both, 'none')]).toEqual(['a', '1', '']);
  });
  it('are JSON when they are no text', () => {
    expect([fieldText(['a', 1]), fieldText(null), fieldText(true)]).toEqual(['["a",1]', 'null', 'true']);
  });
});

it.each([
  ['source.ip', 'ip'],
  ['host.name', 'host'],
  ['user.target.name', 'user'],
  ['url.domain', 'domain'],
  ['url.full', 'url'],
  ['process.parent.executable', 'process'],
  ['destination.port', ''],
])('%s names a %s', (field, want) => {
  expect(kindOf(field)).toBe(want);
});
