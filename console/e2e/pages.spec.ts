import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { dress, expect, languages, settled, test, themes } from './console';

const pages = [
  { name: 'overview', path: '/' },
  { name: 'alerts', path: '/alerts' },
  { name: 'alerts-raw', path: '/alerts?raw=1' },
  { name: 'alerts-judged', path: '/alerts?state=judged' },
  { name: 'incidents', path: '/incidents' },
  { name: 'incident', path: '/incidents/INC' },
  { name: 'incident-items', path: '/incidents/INC?tab=items' },
  { name: 'incident-evidence', path: '/incidents/INC?tab=evidence' },
  { name: 'incident-report', path: '/incidents/INC?tab=report' },
  { name: 'search', path: '/search' },
  { name: 'search-query', path: '/search?q=entity:198.51.100.77' },
  { name: 'rules', path: '/rules' },
  { name: 'rules-refused', path: '/rules?tab=refused' },
  { name: 'rule', path: '/rules/RULE' },
  { name: 'sources', path: '/admin/sources' },
  { name: 'people', path: '/admin/people' },
  { name: 'tenants', path: '/admin/tenants' },
  { name: 'tokens', path: '/admin/tokens' },
  { name: 'audit', path: '/admin/audit' },
  { name: 'missing', path: '/nowhere' },
];

// Which incident and rule there are, the server says.
async function addressed(page: Page, path: string): Promise<string> {
  if (!/INC|RULE/.test(path)) return path;
  const incidents = (await (await page.request.get('/api/v1/incidents')).json()) as { incidents: { label: string }[] };
  const items = (await (await page.request.get('/api/v1/items?state=all')).json()) as { items: { rule: string }[] };
  return path.replace('INC', incidents.incidents[0]?.label ?? '').replace('RULE', items.items[0]?.rule ?? '');
}

// Text that is cut where nothing tells the rest: no title on it or around it, and no scrolling; and controls that reach out of their panel.
function cutTexts(): string[] {
  const cut: string[] = [];
  const texts = 'h1, h2, h3, button, .tabs *, label, dt, th, .figure, .panel-head *, .shell-top *, .shell-nav *';
  for (const element of document.querySelectorAll<HTMLElement>(texts)) {
    if (element.closest('.visually-hidden, .cm-editor, [title]') || element.clientWidth === 0) continue;
    const style = getComputedStyle(element);
    if (style.overflowX === 'visible' || style.display === 'inline') continue;
    if (element.scrollWidth > element.clientWidth + 1) cut.push(`${element.tagName} ${element.textContent}`);
  }
  for (const control of document.querySelectorAll<HTMLElement>('.panel .button, .panel .field, .page-head > *')) {
    const frame = control.closest('.panel, .page-head')?.getBoundingClientRect();
    if (frame && control.getBoundingClientRect().right > frame.right + 1) cut.push(`outside: ${control.textContent}`);
  }
  return cut;
}

// Rules of accessibility hang on the theme (contrast) and on the words: each is seen with each of the others once.
const examined = new Set(['ja dark', 'en light']);

async function examine(page: Page, name: string) {
  const axe = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']).analyze();
  const violations = axe.violations.map((each) => `${each.id}: ${each.nodes.map((node) => node.html).join('\n  ')}`);
  expect.soft(violations, `${name}: accessibility`).toEqual([]);
}

for (const language of languages) {
  for (const theme of themes) {
    test(`every page stands in ${language}, ${theme}`, async ({ page, heard }) => {
      test.setTimeout(240_000);
      await dress(page, language, theme);
      for (const { name, path } of pages) {
        await test.step(name, async () => {
          await page.setViewportSize({ width: 1280, height: 800 });
          await page.goto(await addressed(page, path));
          await settled(page);
          expect.soft(heard.faults.splice(0), name).toEqual([]);
          const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
          expect.soft(wide, `${name} is wider than the window`).toBeLessThanOrEqual(0);
          expect.soft(await page.evaluate(cutTexts), `${name}: text that is cut`).toEqual([]);
          if (examined.has(`${language} ${theme}`)) await examine(page, name);
          await page.screenshot({ path: `e2e/shots/${name}-${language}-${theme}-1280.png` });
          await page.setViewportSize({ width: 1440, height: 900 });
          await settled(page);
          await page.screenshot({ path: `e2e/shots/${name}-${language}-${theme}.png` });
        });
      }
    });
  }
}
