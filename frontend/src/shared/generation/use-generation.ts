/** Following one generation from a page: the API's answer first, then the feed from there on, for as long as it is shown. */

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext, useContext, useEffect, useRef, useSyncExternalStore } from "react";
import { api, body, requestHeaders } from "@/shared/api/client";
import { readAll } from "@/shared/api/pages";
import { makeStale } from "@/shared/api/stale";
import { type FeedStatus, followFeed } from "@/shared/feed/reader";
import { useLanguage } from "@/shared/i18n/texts";
import { isTerminal } from "./events";
import { GenerationStore, type Watched } from "./store";
import { type FileView, type GenerationView, isOpen, viewOf } from "./view";

/** The most that the API gives at a time. */
const FILES_PAGE = 500;

/** Where the feed rests because nobody looks: the title still says how far it is. */
const RESTING_MS = 5_000;

export const generationKey = (generationId: string) => ["generation", generationId] as const;

async function loadGeneration(generationId: string, signal: AbortSignal): Promise<GenerationView> {
  const params = { path: { generation_id: generationId } };
  const generation = await body(api.GET("/api/generations/{generation_id}", { params, signal }));
  // After it, not beside it: the files of a step that it knows to be complete would be told by no event any more.
  return viewOf(generation, await loadFiles(generationId, signal));
}

async function loadFiles(generationId: string, signal: AbortSignal): Promise<FileView[]> {
  const files = await readAll((cursor) => {
    const params = { path: { generation_id: generationId }, query: { limit: FILES_PAGE, cursor } };
    return body(api.GET("/api/generations/{generation_id}/files", { params, signal }));
  });
  return files.map(({ path, step, bytes, sha256 }) => ({
    path,
    step,
    bytes,
    sha256,
    text: null,
    startsAt: 0,
  }));
}

/** The store of a generation, or how far loading it has come. */
export function useGenerationStore(generationId: string) {
  const language = useLanguage();
  const client = useQueryClient();
  const query = useQuery({
    queryKey: [...generationKey(generationId), language],
    queryFn: ({ signal }) => loadGeneration(generationId, signal),
    staleTime: 0,
  });
  const held = useRef<{ id: string; store: GenerationStore } | null>(null);
  if (query.data && held.current?.id !== generationId) {
    held.current = { id: generationId, store: new GenerationStore(query.data, language) };
  }
  const store = held.current?.id === generationId ? held.current.store : null;

  useEffect(() => {
    if (store && query.data) store.seed(query.data, language);
  }, [store, query.data, language]);

  const view = useSyncExternalStore(store?.watch ?? watchNothing, () => store?.snapshot().view ?? null);
  const following = view !== null && isOpen(view);

  useEffect(() => {
    if (!store || !following) return;
    const askAgain = () => void makeStale(client, generationKey(generationId));
    return followFeed({
      path: `/api/generations/${generationId}/events`,
      after: store.view.sequence,
      headers: requestHeaders,
      background: true,
      isLast: store.isLast,
      onStatus: (status) => {
        store.tellFeed(status);
        // A feed that is over while the page knows of no end: the project was deleted elsewhere, or the end was missed.
        if (status === "ended" && isOpen(store.view)) askAgain();
      },
      onEvent: (event) => {
        store.receive(event);
        // The words for a fault, the retry's price and the archive's name come with the API's answer.
        if (isTerminal(event.name)) askAgain();
      },
    });
  }, [store, following, generationId, client]);

  const resting = useSyncExternalStore(
    store?.watch ?? watchNothing,
    () => store?.snapshot().feed === "resting",
  );
  const { refetch } = query;
  useEffect(() => {
    if (!resting || !following) return;
    // An answer that takes longer than the interval is waited for, or none would ever come.
    const timer = setInterval(() => void refetch({ cancelRefetch: false }), RESTING_MS);
    return () => clearInterval(timer);
  }, [resting, following, refetch]);

  return { store, error: query.error, refetch };
}

const watchNothing = () => () => undefined;

const Context = createContext<GenerationStore | null>(null);

/** Pages of one generation stand inside this. */
export const GenerationProvider = Context.Provider;

export function useStore(): GenerationStore {
  const store = useContext(Context);
  if (store === null) throw new Error("outside a GenerationProvider");
  return store;
}

function useWatched<Part extends keyof Watched>(part: Part): Watched[Part] {
  const store = useStore();
  return useSyncExternalStore(store.watch, () => store.snapshot()[part]);
}

/** How it stands. What is being written does not change it, so that whoever reads it rests meanwhile. */
export const useGeneration = (): GenerationView => useWatched("view");

/** With what is being written: for those who show it, and who draw themselves anew every frame for it. */
export const useLiveGeneration = (): GenerationView => useWatched("live");

export const useFeedStatus = (): FeedStatus => useWatched("feed");
