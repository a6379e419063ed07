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
