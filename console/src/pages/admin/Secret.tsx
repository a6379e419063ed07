import { CopyButton } from '~/parts/CopyButton';

/** Something that is shown this once: a token or a first password. */
export function Secret({ label, value, note }: { label: string; value: string; note: string }) {
  return (
    <div className="secret">
      <span className="small dim">{label}</span>
      <div className="row">
        <code className="mono grow wrap">{value}</code>
        <CopyButton text={value} />
      </div>
      <p className="warn small">{note}</p>
    </div>
  );
}
