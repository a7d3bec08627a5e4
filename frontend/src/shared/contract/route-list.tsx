/** The routes of a generated application, each with what it takes and answers. */

import { useTexts } from "@/shared/i18n/texts";
import { classes } from "@/shared/ui/classes";
import type { Route } from "./contract";

const TINTS: Record<string, string> = {
  GET: "border-cyan-500 text-cyan-200",
  POST: "border-green-500 text-green-200",
  PUT: "border-amber-500 text-amber-200",
  PATCH: "border-amber-500 text-amber-200",
  DELETE: "border-red-400 text-red-200",
};

export function RouteList({ routes }: { routes: readonly Route[] }) {
  return (
    <ul className="divide-y divide-slate-700">
      {routes.map((route) => (
        <RouteItem key={`${route.method} ${route.path}`} route={route} />
      ))}
    </ul>
  );
}

function RouteItem({ route }: { route: Route }) {
  const { contract: words } = useTexts();
  const examples = [
    { title: words.request, value: route.requestExample },
    { title: words.response(route.status), value: route.responseExample },
  ].filter(({ value }) => value !== null);
  return (
    <li className="py-3">
      <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <span
          className={classes(
            "min-w-16 rounded border px-1.5 text-center font-mono text-xs leading-5",
            TINTS[route.method] ?? "border-slate-500 text-slate-200",
          )}
        >
          {route.method}
        </span>
        <code className="font-mono text-sm break-all text-slate-100">{route.path}</code>
        <span className="text-xs text-slate-400 tabular-nums">{route.status}</span>
      </p>
      {route.summary && <p className="mt-1 text-sm text-slate-300">{route.summary}</p>}
      {examples.length > 0 && (
        <details className="mt-2">
          <summary className="w-fit cursor-pointer rounded py-1 text-sm text-cyan-300">
            {words.example}
          </summary>
          <div className="mt-2 grid grid-cols-1 gap-3 lg:grid-cols-2">
            {examples.map(({ title, value }) => (
              <Example key={title} title={title} value={value} />
            ))}
          </div>
        </details>
      )}
    </li>
  );
}

function Example({ title, value }: { title: string; value: unknown }) {
  return (
    <figure className="min-w-0">
      <figcaption className="mb-1 text-xs text-slate-400">{title}</figcaption>
      <pre className="rounded-lg bg-slate-950/60 p-3 font-mono text-xs break-words whitespace-pre-wrap text-slate-200">
        {JSON.stringify(value, null, 2)}
      </pre>
    </figure>
  );
}
