import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { EditorView } from '@codemirror/view';
import { tags } from '@lezer/highlight';

const v = (name: string) => `var(--nr-${name})`;

/** The editors' frame in the console's tokens. */
export const frame = EditorView.theme({
  '&': { fontSize: '13px', color: v('text'), backgroundColor: 'transparent' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: v('mono'), lineHeight: '20px' },
  '.cm-content': { caretColor: v('text'), padding: '5px 0' },
  '.cm-cursor': { borderLeftColor: v('text') },
  '.cm-placeholder': { color: v('faint') },
  '.cm-gutters': { backgroundColor: v('raised'), color: v('faint'), border: '0' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: v('sel'),
  },
  '.cm-tooltip': { backgroundColor: v('raised'), border: `1px solid ${v('line-3')}`, color: v('text') },
  '.cm-tooltip-autocomplete > ul': { fontFamily: v('mono'), maxHeight: '260px' },
  '.cm-tooltip-autocomplete > ul > li': { padding: '2px 8px !important' },
  '.cm-tooltip-autocomplete > ul > li[aria-selected]': { backgroundColor: v('sel'), color: v('text') },
  '.cm-completionDetail': { color: v('dim'), fontFamily: v('font'), fontStyle: 'normal', marginLeft: '10px' },
  '.cm-completionMatchedText': { textDecoration: 'none', fontWeight: '700' },
  '.cm-lintRange-error': { backgroundImage: 'none', borderBottom: `2px solid ${v('sev-c')}` },
});

/** The colours of what is written. */
export const colours = syntaxHighlighting(
  HighlightStyle.define([
    { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: v('syn-f') },
    { tag: [tags.string, tags.content, tags.literal, tags.number, tags.bool], color: v('syn-v') },
    { tag: tags.controlKeyword, color: v('syn-n'), fontWeight: '700' },
    { tag: [tags.keyword], color: v('syn-k'), fontWeight: '700' },
    { tag: tags.comment, color: v('faint') },
  ]),
);
