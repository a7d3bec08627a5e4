/** What is searched for, kept in the address: it changes with the typing, the list a moment after it. */

import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";

const route = getRouteApi("/proyectos");

/** Between two keys of somebody who types slowly. */
const PAUSE_MS = 250;

export function useSearch() {
  const { buscar = "" } = route.useSearch();
  const navigate = useNavigate();
  const [typed, setTyped] = useState(buscar);
  const sent = useRef(buscar);

  useEffect(() => {
    if (buscar === sent.current) return;
    sent.current = buscar; // the address was changed by another hand: a link, or going back
    setTyped(buscar);
  }, [buscar]);

  useEffect(() => {
    if (typed === sent.current) return;
    const timer = setTimeout(() => {
      sent.current = typed;
      void navigate({ to: "/proyectos", search: typed ? { buscar: typed } : {}, replace: true });
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed, navigate]);

  return { typed, setTyped, search: buscar.trim() };
}
