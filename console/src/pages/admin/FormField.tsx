import { useId, type ComponentProps } from 'react';

type Props = ComponentProps<'input'> & { label: string; help?: string; mono?: boolean };

/** A labelled input with a line of help. */
export function FormField({ label, help, mono = false, ...input }: Props) {
  const id = useId();
  return (
    <div className="form-field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        className={`field${mono ? ' mono' : ''}`}
        autoComplete="off"
        aria-describedby={help && `${id}help`}
        {...input}
      />
      {help && (
        <span id={`${id}help`} className="faint small">
          {help}
        </span>
      )}
    </div>
  );
}
