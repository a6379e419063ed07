import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { fireEvent, render, screen, waitFor } from '@testing-library/react';
import { MemoryRouter } from 'react-router';
import { beforeAll, expect, it, vi } from 'vitest';
import type { RuleDetail, Session } from '~/api/nouns';
import { startLanguage } from '~/lib/i18n';
import { ViewerProvider } from '~/parts/viewer';
import { State } from './State';

// The client takes fetch when it is made, which is before anything else of this file runs.
const calls = vi.hoisted(() => {
  const made: string[] = [];
  globalThis.fetch = (request) => {
    const asked = request as Request;
    made.push(`${asked.method} ${new URL(asked.url).pathname}`);
    return Promise.resolve(new Response('{}', { headers: { 'Content-Type': 'application/json' } }));
  };
  return made;
});

const rule = {
  id: 'r1',
  kind: 'rule',
  state: 'off',
  state_reason: 'too slow: 3ms for an event',
  state_since: '2026-04-01T10:00:00Z',
  events_missed: 5,
  gaps: [{ hour: '2026-04-01T09:00:00Z', events: 5 }],
} as unknown as RuleDetail;

function show(role: 'administrator' | 'analyst', allTenants: boolean) {
  const session = { person: { role, all_tenants: allTenants }, tenants: [] } as unknown as Session;
  render(
    <QueryClientProvider client={new QueryClient()}>
      <MemoryRouter>
        <ViewerProvider session={session}>
          <State rule={rule} />
        </ViewerProvider>
      </MemoryRouter>
    </QueryClientProvider>,
  );
}

beforeAll(startLanguage);

it('says why a rule is off and what it missed, and lets administrators of all tenants switch it on', async () => {
  calls.length = 0;
  show('administrator', true);
  expect(screen.getByText(rule.state_reason)).toBeTruthy();
  expect(screen.getByText(/イベント ?5 ?件|^5 events/)).toBeTruthy();
  fireEvent.click(screen.getByRole('button'));
  await waitFor(() => expect(calls).toEqual(['POST /api/v1/rules/r1/on']));
});

it('offers nothing to others', () => {
  show('analyst', true);
  expect(screen.queryByRole('button')).toBeNull();
});

it('offers nothing to administrators of some tenants', () => {
  show('administrator', false);
  expect(screen.queryByRole('button')).toBeNull();
});
