import { allPieces } from '~/lib/highlight';

/** A value with the parts that a rule matched marked. */
export function Highlight({ value, patterns }: { value: string; patterns: readonly string[] }) {
  return (
    <>
      {allPieces(value, patterns).map((piece, i) =>
        piece.hit ? <mark key={i}>{piece.text}</mark> : <span key={i}>{piece.text}</span>,
      )}
    </>
  );
}
