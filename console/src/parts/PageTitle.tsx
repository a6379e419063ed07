import { useEffect } from 'react';

/** Names the page in the browser's title; draws nothing. */
export function PageTitle({ title }: { title: string }) {
  useEffect(() => {
    document.title = `${title} · Noroshi`;
  }, [title]);
  return null;
}
