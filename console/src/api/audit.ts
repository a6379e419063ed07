import { useInfiniteQuery } from '@tanstack/react-query';
import { client, unwrap } from './client';

const pageSize = 100;

/** Who did what, newest first, page after page. */
export function useAudit() {
  return useInfiniteQuery({
    queryKey: ['audit'],
    queryFn: ({ pageParam, signal }) =>
      unwrap(client.GET('/api/v1/audit', { params: { query: { offset: pageParam, limit: pageSize } }, signal })),
    initialPageParam: 0,
    getNextPageParam: (last, pages) => {
      const read = pages.reduce((sum, page) => sum + page.entries.length, 0);
      return last.entries.length > 0 && read < last.total ? read : undefined;
    },
  });
}
