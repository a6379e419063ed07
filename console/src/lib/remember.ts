/** What the browser remembers of a person's habits; never anything of the data. */
type Habit = 'language' | 'theme';

/** Reads a habit; null when there is none or the browser keeps nothing. */
export function remembered(habit: Habit): string | null {
  try {
    return localStorage.getItem(`noroshi.${habit}`);
  } catch {
    return null;
  }
}

/** Keeps a habit, where the browser allows it. */
export function remember(habit: Habit, value: string) {
  try {
    localStorage.setItem(`noroshi.${habit}`, value);
  } catch {
    // A browser that keeps nothing loses only the habit.
  }
}
