/** What is for sale, buying it at Stripe's page, and what has been bought. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { api, body } from "@/shared/api/client";
import { usePages } from "@/shared/api/pages";
import type { components } from "@/shared/api/schema";
import { makeStale } from "@/shared/api/stale";
import { useLanguage } from "@/shared/i18n/texts";

export type Pack = components["schemas"]["PackBody"];
export type Purchase = components["schemas"]["PurchaseBody"];

/** The account's feed makes everything below it stale. */
const PURCHASES = "purchases";

export function usePacks() {
  const language = useLanguage();
  return useQuery({
    queryKey: ["packs", language],
    queryFn: () => body(api.GET("/api/billing/packs")),
  });
}

export const usePurchases = () =>
  usePages([PURCHASES, "list"], (cursor) =>
    body(api.GET("/api/billing/purchases", { params: { query: { cursor } } })),
  );

export const usePurchase = (purchase_id: string) =>
  useQuery({
    queryKey: [PURCHASES, "one", purchase_id],
    queryFn: () =>
      body(api.GET("/api/billing/purchases/{purchase_id}", { params: { path: { purchase_id } } })),
  });

/** Goes to the page where a pack is paid. */
export function useCheckout() {
  const client = useQueryClient();
  // A press that is repeated after a cut is the same purchase; one that was answered is over.
  const key = useRef({ pack: "", value: "" });
  const checkout = useMutation({
    mutationFn: (pack: string) => {
      if (key.current.pack !== pack) key.current = { pack, value: crypto.randomUUID() };
      const params = { header: { "Idempotency-Key": key.current.value } };
      return body(api.POST("/api/billing/checkout", { params, body: { pack } }));
    },
    onSuccess: () => {
      key.current = { pack: "", value: "" };
      void makeStale(client, [PURCHASES]);
    },
  });
  // Only who is still here is taken there: others have gone on to something else, or are somebody else by now.
  const url = checkout.data?.url ?? null;
  useEffect(() => {
    if (url !== null) location.assign(url);
  }, [url]);
  // Somebody who goes back from there finds this page as it was left, on its way.
  const { reset } = checkout;
  useEffect(() => {
    const comeBack = (event: PageTransitionEvent) => event.persisted && reset();
    addEventListener("pageshow", comeBack);
    return () => removeEventListener("pageshow", comeBack);
  }, [reset]);
  return checkout;
}
