/** The mark of Noroshi: the smoke of a signal fire above the ground. */
export function Mark({ size = 1 }: { size?: number }) {
  return (
    <svg width={14 * size} height={18 * size} viewBox="0 0 14 18" aria-hidden>
      <path d="M1 17.25h12" stroke="var(--nr-text)" strokeWidth="1.5" />
      <path d="M7 15V10.5L10.5 7V4L8 1.2" fill="none" stroke="var(--nr-accent)" strokeWidth="2" />
    </svg>
  );
}
