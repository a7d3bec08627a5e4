/** A panel of *Operaciones*: its name, its answer or what is wrong with it, and which services are silent. */

import type { UseQueryResult } from "@tanstack/react-query";
import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { useTexts } from "@/shared/i18n/texts";
import { Card, CardHeading } from "@/shared/ui/card";
import { Loading } from "@/shared/ui/loading";
import { Notice } from "@/shared/ui/notice";
import { QueryProblem } from "@/shared/ui/query-problem";

interface PanelProps<Data> {
  id: string;
  title: string;
  icon: LucideIcon;
  query: UseQueryResult<Data>;
  aside?: ReactNode;
  children: (data: Data) => ReactNode;
}

export function Panel<Data>({ id, title, icon: Icon, query, aside, children }: PanelProps<Data>) {
  return (
    <Card aria-labelledby={id}>
      <CardHeading id={id} icon={<Icon aria-hidden="true" className="size-5 text-cyan-400" />} aside={aside}>
        {title}
      </CardHeading>
      {query.error && <QueryProblem error={query.error} again={() => void query.refetch()} />}
      {query.data !== undefined ? children(query.data) : !query.error && <Loading />}
    </Card>
  );
}

export function Silent({ services }: { services: readonly string[] }) {
  const texts = useTexts();
  if (services.length === 0) return null;
  return (
    <Notice tone="warning" className="mb-3">
      {texts.operations.silent(services.join(", "))}
    </Notice>
  );
}
