import { dress, expect, test } from './console';

test.use({ storageState: { cookies: [], origins: [] } });

test('one signs in, arrives where one wanted to go, and signs out', async ({ page }) => {
  await dress(page, 'ja', 'dark');
  await page.goto('/rules');
  await page.screenshot({ path: 'e2e/shots/sign-in-ja-dark.png' });
  await page.getByLabel('名前').fill(process.env.NOROSHI_USER ?? '');
  await page.getByLabel('パスワード').fill('not the password');
  await page.getByRole('button', { name: 'サインイン' }).click();
  await expect(page.getByRole('alert')).toContainText('名前またはパスワードが違います');
  await page.getByLabel('パスワード').fill(process.env.NOROSHI_PASSWORD ?? '');
  await page.getByRole('button', { name: 'サインイン' }).click();
  await expect(page.getByRole('heading', { name: '検知ルール' })).toBeVisible();
  await page.getByTitle('利用者メニュー').click();
  await page.getByRole('menuitem', { name: 'サインアウト' }).click();
  await expect(page.getByRole('button', { name: 'サインイン' })).toBeVisible();
});

test('the first words are in the language of the browser', async ({ browser, baseURL }) => {
  for (const [locale, words] of [
    ['ja-JP', 'サインイン'],
    ['en-US', 'Sign in'],
  ] as const) {
    const context = await browser.newContext({ locale });
    const page = await context.newPage();
    await page.goto(`${baseURL}/`);
    await expect(page.getByRole('button', { name: words })).toBeVisible();
    await context.close();
  }
});

test('an analyst sees the work, but not administration', async ({ browser, baseURL }) => {
  const signedIn = await browser.newContext({ storageState: 'test-results/signed-in.json' });
  const name = `analyst-${Date.now()}`;
  const password = 'a long enough pass phrase';
  const made = await signedIn.request.post(`${baseURL}/api/v1/people`, {
    headers: { 'X-Noroshi-CSRF': '1' },
    data: { name, display_name: '一次 太郎', role: 'analyst', all_tenants: true, password },
  });
  expect(made.ok()).toBe(true);
  await signedIn.close();

  const context = await browser.newContext({ locale: 'ja-JP' });
  const page = await context.newPage();
  await page.goto(`${baseURL}/admin/people`);
  await page.getByLabel('名前').fill(name);
  await page.getByLabel('パスワード').fill(password);
  await page.getByRole('button', { name: 'サインイン' }).click();
  await expect(page.getByText('権限がありません')).toBeVisible();
  await page.screenshot({ path: 'e2e/shots/refused-ja.png' });
  await page.getByRole('link', { name: '管理', exact: true }).click();
  await expect(page.getByRole('link', { name: 'APIトークン' })).toBeVisible();
  await expect(page.getByRole('link', { name: '利用者', exact: true })).toHaveCount(0);
  await context.close();
});
