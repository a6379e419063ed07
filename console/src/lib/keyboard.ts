import { useEffect, useRef } from 'react';

/** A key to its deed. Keys are written as KeyboardEvent.key in lower case; a sequence is written with a space: "g a". */
export type Keys = Record<string, (event: KeyboardEvent) => void>;

/** How long the first key of a sequence waits for the second. */
const sequenceMilliseconds = 1200;

/** Whether the key was meant for a text that is being written. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return !['checkbox', 'radio', 'button'].includes(target.type);
  return target.isContentEditable || ['TEXTAREA', 'SELECT'].includes(target.tagName) || !!target.closest('.cm-editor');
}

/** Whether the key belongs to the control that has the focus: Enter and space press buttons and follow links. */
function isPress(event: KeyboardEvent): boolean {
  return (
    (event.key === 'Enter' || event.key === ' ') &&
    event.target instanceof HTMLElement &&
    !!event.target.closest('button, a[href], [role="menuitem"], summary')
  );
}

/** Reads keys one by one and answers with the name of what was pressed: "j", "g a" when the first of two is known to begin a sequence. */
export class KeyReader {
  private first = '';
  private since = 0;

  /** Takes the next key at a time in milliseconds. Starts are the first keys of known sequences. */
  next(key: string, at: number, starts: ReadonlySet<string>): string {
    const name = key.length === 1 ? key.toLowerCase() : key;
    if (this.first && at - this.since <= sequenceMilliseconds) {
      const sequence = `${this.first} ${name}`;
      this.first = '';
      return sequence;
    }
    this.first = starts.has(name) ? name : '';
    this.since = at;
    return name;
  }
}

const modals = '[role="dialog"], [role="menu"], [role="listbox"]:not([data-inline])';
const bindings: { current: Keys }[] = [];
const reader = new KeyReader();

function listen(event: KeyboardEvent) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return;
  if (isTyping(event.target) || isPress(event) || document.querySelector(modals)) return;
  const known = bindings.flatMap((binding) => Object.keys(binding.current));
  const starts = new Set(known.filter((key) => key.includes(' ')).map((key) => key.slice(0, 1)));
  const name = reader.next(event.key, event.timeStamp, starts);
  const deed = bindings.findLast((binding) => name in binding.current)?.current[name];
  if (!deed) return;
  event.preventDefault();
  deed(event);
}

/**
 * Binds keys while the component is on the page; of two components that bind one key the later mounted has it.
 * Nothing happens while a text is written, a dialog or menu is open, or a modifier is held.
 */
export function useKeys(keys: Keys, on = true) {
  const latest = useRef(keys);
  useEffect(() => {
    latest.current = keys;
  });
  useEffect(() => {
    if (!on) return;
    const binding = latest;
    bindings.push(binding);
    if (bindings.length === 1) window.addEventListener('keydown', listen);
    return () => {
      bindings.splice(bindings.indexOf(binding), 1);
      if (bindings.length === 0) window.removeEventListener('keydown', listen);
    };
  }, [on]);
}
