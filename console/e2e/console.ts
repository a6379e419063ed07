import { expect, test as base, type Page } from '@playwright/test';

/** The languages and themes in which every page must stand. */
export const languages = ['ja', 'en'] as const;
export const themes = ['dark', 'light'] as const;

/** What a page said on the browser's console, and which requests left the server's own origin. */
export class Heard {
  readonly faults: string[] = [];

  constructor(page: Page, origin: string) {
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) this.faults.push(message.text());
    });
    page.on('pageerror', (error) => this.faults.push(error.message));
    page.on('request', (request) => {
      const { url } = { url: request.url() };
      if (!url.startsWith(origin) && !/^(data|blob):/.test(url)) this.faults.push(`request to ${url}`);
    });
  }
}

/** Tests with the address of the server and what the page said. */
export const test = base.extend<{ heard: Heard }>({
  // The server is known only after the setup, which may have started it.
  baseURL: async ({}, give) => {
    await give(process.env.NOROSHI_URL);
  },
  heard: [
    async ({ page, baseURL }, give) => {
      await give(new Heard(page, baseURL ?? ''));
    },
    { auto: true },
  ],
});

/** Chooses language and theme before a page opens. */
export async function dress(page: Page, language: 'ja' | 'en', theme: 'dark' | 'light') {
  await page.addInitScript(
    ([l, t]) => {
      localStorage.setItem('noroshi.language', l);
      localStorage.setItem('noroshi.theme', t);
    },
    [language, theme] as const,
  );
}

/** Waits until the page has what it asked for. */
export async function settled(page: Page) {
  await expect(page.locator('.shell-main')).toBeVisible();
  await expect(page.locator('.skeleton')).toHaveCount(0);
  await page.evaluate(() => document.fonts.ready);
}

export { expect };
