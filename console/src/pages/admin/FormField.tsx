import type { ComponentProps } from 'react';

type Props = ComponentProps<'input'> & { label: string; help?: string; mono?: boolean };

/** A labelled input with a line of help. */
export function FormField({ label, help, mono = false, ...input }: Props) {
  return (
    <label>
      {label}
      <input className={`field${mono ? ' mono' : ''}`} autoComplete="off" {...input} />
      {help && <span className="faint small">{help}</span>}
    </label>
  );
}
