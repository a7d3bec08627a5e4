/** How a whole is made up, on one line; its legend has the numbers. */

import { useFormats } from "@/shared/format/numbers";
import { SERIES_GROUNDS } from "@/shared/ui/series";

interface Part {
  label: string;
  value: number;
}

export function Strip({ label, parts }: { label: string; parts: readonly Part[] }) {
  const formats = useFormats();
  const groundOf = (index: number) => SERIES_GROUNDS[index % SERIES_GROUNDS.length];
  return (
    <figure>
      <figcaption className="mb-1 text-sm text-slate-300">{label}</figcaption>
      <div aria-hidden="true" className="flex h-3 gap-px overflow-hidden rounded">
        {parts.map((part, index) => (
          <span key={part.label} style={{ flexGrow: part.value }} className={groundOf(index)} />
        ))}
      </div>
      <ul className="mt-1 flex flex-wrap gap-x-4 text-xs text-slate-300">
        {parts.map((part, index) => (
          <li key={part.label} className="flex items-center gap-1.5 tabular-nums">
            <span aria-hidden="true" className={`size-2.5 rounded-sm ${groundOf(index)}`} />
            {part.label}: {formats.count(part.value)}
          </li>
        ))}
      </ul>
    </figure>
  );
}
