/** What is searched for, kept in the address: it changes with the typing, the list a moment after it. */

import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";

const route = getRouteApi("/proyectos");

/** Between two keys of somebody who types slowly. */
const PAUSE_MS = 250;

export function useSearch() {
  const { buscar = "" } = route.useSearch();
  const navigate = useNavigate();
  const [typed, setTyped] = useState(buscar);

  useEffect(() => {
    if (typed === buscar) return;
    const timer = setTimeout(() => {
      void navigate({ to: "/proyectos", search: typed ? { buscar: typed } : {}, replace: true });
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed, buscar, navigate]);

  return { typed, setTyped, search: buscar.trim() };
}
