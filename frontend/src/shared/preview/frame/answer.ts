/** Sent to the frame: answers `fetch` and XMLHttpRequest from the contract's examples. Nothing reaches the network. */

import type { FrameSettings } from "./settings";

export function answerRequests({ routes, files, page }: FrameSettings): void {
  const tell = (message: object) => parent.postMessage(message, "*");
  const HERE = "preview.invalid";
  const OWN = [HERE, location.host, "localhost", "127.0.0.1", "0.0.0.0", "[::1]"];

  const known = routes
    .map((route) => {
      const parts = route.path.replace(/\/+$/, "").split(/\{[^}]*\}/);
      const literal = parts.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
      return { ...route, parameters: parts.length - 1, pattern: new RegExp(`^${literal.join("[^/]+")}/*$`) };
    })
    .sort((one, other) => one.parameters - other.parameters);

  /** Null: another host, which there is no way to. */
  const answerTo = (method: string, address: string) => {
    const url = new URL(address, `http://${HERE}/${page}`);
    if (!/^https?:$/.test(url.protocol) || !(OWN.includes(url.host) || OWN.includes(url.hostname))) {
      tell({ preview: "blocked", what: url.href });
      return null;
    }
    const path = decodeURI(url.pathname);
    const asked = method === "HEAD" ? "GET" : method;
    const route = known.find((one) => one.method === asked && one.pattern.test(path));
    if (route) {
      tell({ preview: "request", method, path, status: route.status });
      return { status: route.status, type: "application/json", text: route.body };
    }
    const file = asked === "GET" ? files[path.slice(1)] : undefined;
    if (file) return { status: 200, ...file };
    tell({ preview: "request", method, path, status: null });
    const text = JSON.stringify({ detail: `${method} ${path}: not in the contract` });
    return { status: 404, type: "application/json", text };
  };

  const fetched = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    const method = init?.method ?? (input instanceof Request ? input.method : "GET");
    const address = input instanceof Request ? input.url : String(input);
    const signal = init?.signal ?? (input instanceof Request ? input.signal : null);
    signal?.throwIfAborted();
    const answer = answerTo(method.toUpperCase(), address);
    if (answer === null) throw new TypeError("Failed to fetch");
    const bodiless = [204, 205, 304].includes(answer.status) || method.toUpperCase() === "HEAD";
    return new Response(bodiless ? null : answer.text, {
      status: Math.max(200, answer.status),
      headers: { "Content-Type": answer.type },
    });
  };
  Object.assign(window, { fetch: fetched });
}
