/** Keys for the command line and for scripts, and leaving for good. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, body, done } from "@/shared/api/client";
import type { components } from "@/shared/api/schema";
import { makeStale } from "@/shared/api/stale";

export type AccessToken = components["schemas"]["AccessTokenBody"];
export type NewAccessToken = components["schemas"]["NewAccessTokenBody"];

export interface AccessTokenWish {
  name: string;
  mayWrite: boolean;
  days: number;
}

const ACCESS_TOKENS = ["access-tokens"] as const;

export const useAccessTokens = () =>
  useQuery({
    queryKey: ACCESS_TOKENS,
    queryFn: () => body(api.GET("/api/me/tokens")),
    select: (page) => page.items,
  });

export function useCreateAccessToken() {
  const client = useQueryClient();
  return useMutation({
    // Its answer holds a secret: it is forgotten as soon as nobody shows it.
    gcTime: 0,
    mutationFn: ({ name, mayWrite, days }: AccessTokenWish) =>
      body(
        api.POST("/api/me/tokens", {
          body: { name, scopes: mayWrite ? ["read", "write"] : ["read"], lifetime_days: days },
        }),
      ),
    onSuccess: () => makeStale(client, ACCESS_TOKENS),
  });
}

export function useRevokeAccessToken() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (token_id: string) =>
      done(api.DELETE("/api/me/tokens/{token_id}", { params: { path: { token_id } } })),
    onSettled: () => makeStale(client, ACCESS_TOKENS),
  });
}

/** `onErased` is called wherever the asking component has gone by then. */
export const useDeleteAccount = (onErased: () => void) =>
  useMutation({ mutationFn: () => done(api.DELETE("/api/me")), onSuccess: onErased });
