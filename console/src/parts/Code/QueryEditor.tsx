import {
  acceptCompletion,
  autocompletion,
  completionStatus,
  startCompletion,
  type CompletionContext,
} from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { setDiagnostics } from '@codemirror/lint';
import { EditorState } from '@codemirror/state';
import { EditorView, keymap, placeholder } from '@codemirror/view';
import { useEffect, useEffectEvent, useRef } from 'react';
import { queryLanguage } from '~/lib/queryLanguage';
import { colours, frame } from './look';

/** A field that can be asked for, with what it means in the language of the screen. */
export type Offered = { name: string; type: string; label: string };

type Props = {
  label: string;
  hint: string;
  value: string;
  fields: readonly Offered[];
  /** Where the server found a fault, as an index in the query. */
  fault?: { at: number; text: string };
  onChange: (query: string) => void;
  onRun: (query: string) => void;
};

/** The query line: one line, coloured, with completion of fields. Enter runs it, also with Ctrl. */
export default function QueryEditor({ label, hint, value, fields, fault, onChange, onRun }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const offered = useRef(fields);
  const run = useEffectEvent((query: string) => onRun(query));
  const change = useEffectEvent((query: string) => onChange(query));
  const begin = useEffectEvent(() => ({ value, label, hint }));
  useEffect(() => {
    offered.current = fields;
  }, [fields]);

  useEffect(() => {
    if (!box.current) return;
    const start = begin();
    const complete = (context: CompletionContext) => {
      const word = context.matchBefore(/[\w@.\-]+/);
      if (!word && !context.explicit) return null;
      const before = context.state.sliceDoc(0, word?.from ?? context.pos);
      if (/(?::|[<>]=?)\s*$/.test(before)) return null;
      return {
        from: word?.from ?? context.pos,
        options: [
          ...offered.current.map((field) => ({
            label: field.name,
            apply: `${field.name}:`,
            detail: field.label,
            type: 'property',
          })),
          ...['and', 'or', 'not'].map((name) => ({ label: name, apply: `${name} `, type: 'keyword' })),
        ],
        validFor: /^[\w@.\-]*$/,
      };
    };
    const go = (target: EditorView) => {
      run(target.state.doc.toString());
      return true;
    };
    const made = new EditorView({
      parent: box.current,
      state: EditorState.create({
        doc: start.value,
        extensions: [
          frame,
          colours,
          queryLanguage,
          history(),
          autocompletion({ override: [complete], icons: false }),
          placeholder(start.hint),
          // One line: a pasted line break becomes a blank.
          EditorState.transactionFilter.of((change) =>
            change.newDoc.lines > 1
              ? [
                  change,
                  {
                    changes: {
                      from: 0,
                      to: change.newDoc.length,
                      insert: change.newDoc.toString().replace(/\s*\n\s*/g, ' '),
                    },
                    sequential: true,
                  },
                ]
              : change,
          ),
          keymap.of([
            { key: 'Mod-Enter', run: go },
            { key: 'Tab', run: (target) => completionStatus(target.state) === 'active' && acceptCompletion(target) },
            {
              key: 'Enter',
              run: (target) => (completionStatus(target.state) === 'active' ? acceptCompletion(target) : go(target)),
            },
            { key: 'Ctrl-Space', run: startCompletion },
            { key: 'Escape', run: (target) => (target.contentDOM.blur(), true) },
            ...defaultKeymap,
            ...historyKeymap,
          ]),
          EditorView.contentAttributes.of({ 'aria-label': start.label, 'aria-multiline': 'false' }),
          EditorView.updateListener.of((update) => update.docChanged && change(update.state.doc.toString())),
        ],
      }),
    });
    view.current = made;
    return () => made.destroy();
  }, []);

  // What a click elsewhere made of the query comes in from outside.
  useEffect(() => {
    const editor = view.current;
    if (!editor || editor.state.doc.toString() === value) return;
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value } });
  }, [value]);
  useEffect(() => {
    const editor = view.current;
    if (!editor) return;
    const end = editor.state.doc.length;
    const from = Math.min(fault?.at ?? 0, Math.max(0, end - 1));
    const found = fault ? [{ from, to: Math.min(end, from + 1), severity: 'error' as const, message: fault.text }] : [];
    editor.dispatch(setDiagnostics(editor.state, found));
  }, [fault]);

  return <div ref={box} className="query-editor" />;
}
