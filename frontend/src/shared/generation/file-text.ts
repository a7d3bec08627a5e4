/** The texts of finished files, which never change: a hash names each. */

import { queryOptions, useQuery, useQueryClient } from "@tanstack/react-query";
import { ask } from "@/shared/api/client";
import { isTransient, Problem } from "@/shared/api/problem";
import type { FileView } from "./view";

/** A step's files are stored a moment after it is told complete. */
const STORED_TRIES = 6;
const STORED_PAUSE_MS = 500;

export function useFileText(generationId: string, file: FileView | undefined) {
  return useQuery(textOf(generationId, file));
}

/** The texts of some finished files by path, once all of them are there. */
export function useFileTexts(generationId: string, files: readonly FileView[]) {
  const client = useQueryClient();
  return useQuery({
    queryKey: ["files", generationId, ...files.map((file) => `${file.path} ${file.sha256}`)],
    staleTime: Number.POSITIVE_INFINITY,
    retry: false, // each file has been tried again already
    structuralSharing: false,
    queryFn: async () => {
      const read = async (file: FileView) =>
        [file.path, await client.fetchQuery(textOf(generationId, file))] as const;
      return new Map(await Promise.all(files.map(read)));
    },
  });
}

function textOf(generationId: string, file: FileView | undefined) {
  const sha256 = file?.sha256 ?? null;
  return queryOptions({
    queryKey: ["file", generationId, file?.path, file?.step, sha256],
    enabled: file !== undefined && sha256 !== null,
    staleTime: Number.POSITIVE_INFINITY,
    retry: (failures, error) =>
      failures < STORED_TRIES && (isTransient(error) || (error instanceof Problem && error.status === 404)),
    retryDelay: STORED_PAUSE_MS,
    queryFn: async ({ signal }) => {
      if (file?.text != null && (await sha256Of(file.text)) === sha256) return file.text; // all of it was seen
      const path = (file?.path ?? "").split("/").map(encodeURIComponent).join("/");
      const step = encodeURIComponent(file?.step ?? "");
      const response = await ask(`/api/generations/${generationId}/files/${path}?step=${step}`, { signal });
      return response.text();
    },
  });
}

async function sha256Of(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
