import { pieces } from '~/lib/highlight';

/** A value with the parts that a rule matched marked. */
export function Highlight({ value, pattern }: { value: string; pattern?: string }) {
  return (
    <>
      {pieces(value, pattern).map((piece, i) =>
        piece.hit ? <mark key={i}>{piece.text}</mark> : <span key={i}>{piece.text}</span>,
      )}
    </>
  );
}
