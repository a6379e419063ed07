import { dress, expect, settled, test } from './console';

test.beforeEach(async ({ page }) => dress(page, 'ja', 'dark'));

test('a verdict is one key, and taken back with one', async ({ page, heard }) => {
  await page.goto('/alerts');
  await settled(page);
  const row = page.getByRole('row', { selected: true });
  const id = await row.getAttribute('id');
  const judged = page.locator(`[id="${id}"]`);
  await page.keyboard.press('v');
  await expect(judged.getByText('過検知')).toBeVisible();
  await expect(row).not.toHaveAttribute('id', id ?? '');
  await page.keyboard.press('u');
  await expect(judged.getByText('過検知')).toBeHidden();
  expect(heard.faults).toEqual([]);
});

test('many items are judged at once', async ({ page }) => {
  await page.goto('/alerts');
  await settled(page);
  for (const key of ['x', 'j', 'x']) await page.keyboard.press(key);
  await expect(page.getByText('2件を選択中')).toBeVisible();
  await page.keyboard.press('h');
  await expect(page.getByText('2件を「保留(要調査)」と判定しました。')).toBeVisible();
  await page.keyboard.press('u');
  await expect(page.getByText('判定を取り消しました。')).toBeVisible();
});

test('from an alert to its raw event is one key', async ({ page }) => {
  await page.goto('/alerts');
  await settled(page);
  await page.keyboard.press('o');
  await expect(page.getByLabel('原文').first()).toContainText('{');
  await expect(page).toHaveURL(/raw=1/);
});

test('an incident tells its story, why each item belongs, and drafts its first report', async ({ page }) => {
  await page.goto('/incidents');
  await settled(page);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/incidents\/INC-\d{4}-\d{4}/);
  await settled(page);
  for (const phase of ['侵入', '基盤構築', '目的遂行']) {
    await expect(page.locator('.lanes text', { hasText: phase }).first()).toBeAttached();
  }
  expect(await page.locator('.lane-mark').count()).toBeGreaterThan(3);
  await page.getByRole('tab', { name: /案件と紐づけの理由/ }).click();
  await expect(page.getByRole('columnheader', { name: '紐づけの理由' })).toBeVisible();
  await page.getByRole('tab', { name: /証拠/ }).click();
  await expect(page.getByLabel('原文').first()).toContainText(/\S/);
  await page.getByRole('tab', { name: '第1報' }).click();
  await expect(page.locator('.report h2')).toContainText('第1報');
  await page.getByRole('button', { name: 'English' }).click();
  await expect(page.locator('.report')).toHaveAttribute('lang', 'en');
});

test('the status of an incident is changed and changed back', async ({ page }) => {
  await page.goto('/incidents');
  await settled(page);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/incidents\/./);
  await settled(page);
  await page.getByRole('button', { name: '未着手' }).click();
  await page.getByRole('menuitem', { name: '対応中' }).click();
  await expect(page.getByText('状態を「対応中」にしました。')).toBeVisible();
  await page.getByRole('button', { name: /取り消す/ }).click();
  await expect(page.getByRole('button', { name: '未着手' })).toBeVisible();
});

test('an address is pasted once and its events are there; a value pivots', async ({ page }) => {
  await page.goto('/');
  await settled(page);
  await page.keyboard.press('Control+k');
  await page.getByRole('textbox', { name: '検索窓を開く' }).fill('198.51.100.77');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/search\?.*198\.51\.100\.77/);
  await settled(page);
  // The page before stays until the next one is there.
  await expect(page.getByRole('heading', { name: '検索', level: 1 })).toBeVisible();
  await expect(page.getByRole('row').nth(1)).toBeVisible();
  await page.keyboard.press('j');
  await expect(page.getByRole('region', { name: 'イベント' })).toContainText('198.51.100.77');
  const facet = page.locator('.facet-value').first();
  await facet.getByRole('button').first().click();
  await expect(page).toHaveURL(/dataset/);
  await expect(facet.getByRole('button', { pressed: true })).toBeVisible();
});

test('a query that cannot be read says where', async ({ page }) => {
  await page.goto('/search?q=host.name%3A(');
  await expect(page.getByRole('alert')).toContainText('検索式の');
});

test('a source is made and its configuration holds the token', async ({ page, heard }) => {
  await page.goto('/admin/sources');
  await settled(page);
  await page.getByRole('button', { name: 'ログ源を追加' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('名前', { exact: true }).fill(`e2e ${Date.now()}`);
  await dialog.getByLabel('形式').selectOption('windows');
  await dialog.getByRole('button', { name: '作成' }).click();
  const token = (await dialog.locator('.secret code').textContent()) ?? '';
  expect(token.length).toBeGreaterThan(15);
  await expect(dialog.locator('.shippers pre')).toContainText(token);
  await dialog.getByRole('button', { name: '閉じる' }).click();
  await expect(page.getByText(token)).toHaveCount(0);
  expect(heard.faults).toEqual([]);
});

test('a person is made with a first password that is shown once', async ({ page }) => {
  await page.goto('/admin/people');
  await settled(page);
  await page.getByRole('button', { name: '利用者を追加' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('サインイン名').fill(`e2e-${Date.now()}`);
  await dialog.getByLabel('表示名').fill('試験 花子');
  await dialog.getByLabel('すべてのテナント').check();
  await dialog.getByRole('button', { name: '作成' }).click();
  await expect(page.locator('.secret code')).toHaveText(/\S{12,}/);
});

test('rules are read again, and a correlation tells what it counts', async ({ page, heard }) => {
  await page.goto('/rules');
  await settled(page);
  await page.getByRole('button', { name: 'ルールを再読み込み' }).click();
  await expect(page.getByText(/ルールに変更はありません\(有効 \d+件/)).toBeVisible();
  await page.getByPlaceholder('ルールを絞り込み').fill('SSHサインイン');
  await page.getByRole('link', { name: 'SSHサインイン連続失敗後の成功' }).click();
  await expect(page.getByText('時間内に順序どおり発生')).toBeVisible();
  await page.getByRole('link', { name: 'SSHサインインの成功' }).click();
  await expect(page.getByRole('heading', { name: 'このルールを数える相関' })).toBeVisible();
  expect(heard.faults).toEqual([]);
});

test('keys go to every page and show themselves', async ({ page }) => {
  await page.goto('/');
  await settled(page);
  for (const [key, path] of Object.entries({
    a: '/alerts',
    i: '/incidents',
    s: '/search',
    r: '/rules',
    m: '/admin/sources',
    o: '/',
  })) {
    await page.keyboard.press('g');
    await page.keyboard.press(key);
    await expect(page).toHaveURL((url) => url.pathname === path);
  }
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'キー操作' })).toBeVisible();
});
