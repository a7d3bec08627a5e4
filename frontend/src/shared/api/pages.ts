/** Lists that the API gives out page by page: what has been read so far, and how to read on. */

import { keepPreviousData, type QueryKey, useInfiniteQuery, useQueryClient } from "@tanstack/react-query";

interface Page<Item> {
  items: readonly Item[];
  next_cursor?: string | null;
}

export interface Pages<Item> {
  /** Undefined while the first page is loading. */
  items: readonly Item[] | undefined;
  error: Error | null;
  /** Whether what is shown belongs to an earlier question. */
  isStale: boolean;
  hasMore: boolean;
  isReadingOn: boolean;
  readOn: () => void;
  again: () => void;
}

/** Every item of a list whose length is bounded by what it belongs to. */
export async function readAll<Item>(read: (cursor: string | null) => Promise<Page<Item>>): Promise<Item[]> {
  const items: Item[] = [];
  let cursor: string | null = null;
  do {
    const page: Page<Item> = await read(cursor);
    items.push(...page.items);
    cursor = page.next_cursor ?? null;
  } while (cursor !== null);
  return items;
}

export function usePages<Item>(
  key: QueryKey,
  read: (cursor: string | null) => Promise<Page<Item>>,
  /** Where no feed tells of changes: ask again after this long while somebody looks. */
  everyMs?: number,
): Pages<Item> {
  const client = useQueryClient();
  const query = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam }) => read(pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
    ...(everyMs !== undefined && { refetchInterval: everyMs }),
  });
  async function readOn() {
    const now = client.getQueryState(key); // what was drawn last may be older
    if (now?.fetchStatus !== "idle") {
      if (now?.fetchMeta?.fetchMore) return;
      // At once, it would give up what is being asked for again: the change that was told of would be lost.
      await query.refetch({ cancelRefetch: false });
    }
    await query.fetchNextPage({ cancelRefetch: false });
  }
  return {
    items: query.data?.pages.flatMap((page) => page.items),
    error: query.error,
    isStale: query.isPlaceholderData,
    hasMore: query.hasNextPage,
    isReadingOn: query.isFetchingNextPage,
    readOn: () => void readOn(),
    again: () => void query.refetch(),
  };
}
