import { useSyncExternalStore } from 'react';
import { remember, remembered } from './remember';

/** The two themes. */
export type Theme = 'dark' | 'light';

const listeners = new Set<() => void>();

function preferred(): Theme {
  const kept = remembered('theme');
  if (kept === 'dark' || kept === 'light') return kept;
  return window.matchMedia('(prefers-color-scheme: light)').matches ? 'light' : 'dark';
}

/** Puts the theme that was chosen last, else the system's, on the page. */
export function startTheme() {
  document.documentElement.dataset.theme = preferred();
}

/** Changes the theme of everything on the screen. */
export function setTheme(theme: Theme) {
  remember('theme', theme);
  document.documentElement.dataset.theme = theme;
  listeners.forEach((listener) => listener());
}

/** The theme on the screen. */
export function useTheme(): Theme {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => (document.documentElement.dataset.theme === 'light' ? 'light' : 'dark'),
  );
}

/** The value of a colour token as the theme has it now, for what is drawn on a canvas. */
export function token(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--nr-${name}`).trim();
}
