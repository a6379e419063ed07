import { dress, expect, settled, test } from './console';

test('what arrives waits to be shown and moves nothing under the cursor', async ({ page }) => {
  await dress(page, 'ja', 'dark');
  await page.goto('/alerts');
  await settled(page);
  await page.keyboard.press('j');
  const under = await page.getByRole('row', { selected: true }).getAttribute('id');

  const host = `live-${Date.now()}`;
  const session = (await (await page.request.get('/api/v1/session')).json()) as { tenants: { id: string }[] };
  const made = await page.request.post('/api/v1/sources', {
    headers: { 'X-Noroshi-CSRF': '1' },
    data: { tenant: session.tenants[0]?.id, name: host, format: 'windows' },
  });
  const { source, token } = (await made.json()) as { source: { id: string }; token: string };
  // The security log of a host is cleared, which a starter rule tells.
  const record = { EventID: 1102, Channel: 'Security', Computer: host, TimeCreated: new Date().toISOString() };
  const sent = await page.request.post(`/api/v1/ingest/${source.id}`, {
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/x-ndjson' },
    data: JSON.stringify(record),
  });
  expect(sent.ok()).toBe(true);

  await expect(page.getByText(/新着\d+件/)).toBeVisible();
  await expect(page.getByRole('row', { selected: true })).toHaveAttribute('id', under ?? '');
  await expect(page.getByText(host)).toHaveCount(0);
  await page.keyboard.press('r');
  await expect(page.getByText(host).first()).toBeVisible();
  await expect(page.getByText(/新着\d+件/)).toHaveCount(0);
});
