/** *Arquitectura*: the contract that every step had to keep, as a drawing and as tables. */

import { Network } from "lucide-react";
import type { ReactNode } from "react";
import { CONTRACT_PATH, type Contract, contractOf } from "@/shared/contract/contract";
import { DocumentState } from "@/shared/contract/document-state";
import { RouteList } from "@/shared/contract/route-list";
import { useDocument } from "@/shared/contract/use-document";
import { useGeneration } from "@/shared/generation/use-generation";
import { useTexts } from "@/shared/i18n/texts";
import { Card, CardHeading } from "@/shared/ui/card";
import { Diagram } from "./diagram";
import { Dependencies, Entities, Environment, Files, Ports } from "./tables";

export function ArchitectureTab() {
  const { contract: words, generation } = useTexts();
  const view = useGeneration();
  const contract = useDocument(view, CONTRACT_PATH, contractOf);
  if (contract.state === "read") return <Shown contract={contract.value} />;
  return (
    <Card>
      <CardHeading icon={<Network aria-hidden="true" className="size-5 text-cyan-400" />}>
        {generation.tabs.architecture}
      </CardHeading>
      <DocumentState document={contract} words={words} />
    </Card>
  );
}

function Shown({ contract }: { contract: Contract }) {
  const { contract: words, generation } = useTexts();
  return (
    <div className="grid grid-cols-1 gap-4 lg:grid-cols-2">
      <Card className="lg:col-span-2">
        <CardHeading icon={<Network aria-hidden="true" className="size-5 text-cyan-400" />}>
          {generation.tabs.architecture}
        </CardHeading>
        <p className="max-w-3xl text-slate-200">{contract.summary}</p>
        <div className="mt-4 flex flex-wrap gap-x-10 gap-y-4">
          <Bullets title={words.stack} items={contract.stack} />
          <Bullets title={words.deviations} items={contract.deviations} />
        </div>
      </Card>
      <Part title={words.diagram} wide>
        <p className="mb-4 text-sm text-slate-400">{words.diagramText}</p>
        <Diagram contract={contract} />
      </Part>
      <Part title={words.routes} empty={contract.routes.length === 0 && words.routesNone} wide>
        <RouteList routes={contract.routes} />
      </Part>
      <Part title={words.dataModel} empty={contract.dataModel.length === 0 && words.dataModelNone} wide>
        <Entities entities={contract.dataModel} />
      </Part>
      <Part title={words.files} wide>
        <Files files={contract.files} />
      </Part>
      <Part title={words.env} empty={contract.env.length === 0 && words.envNone} wide>
        <Environment env={contract.env} />
      </Part>
      <Part title={words.dependencies} empty={contract.dependencies.length === 0 && words.dependenciesNone}>
        <Dependencies dependencies={contract.dependencies} />
      </Part>
      <Part title={words.ports} empty={contract.ports.length === 0 && words.portsNone}>
        <Ports ports={contract.ports} />
      </Part>
    </div>
  );
}

interface PartProps {
  title: string;
  children: ReactNode;
  /** What is said instead when there is nothing. */
  empty?: string | false;
  wide?: boolean;
}

function Part({ title, children, empty = false, wide = false }: PartProps) {
  return (
    <Card className={wide ? "lg:col-span-2" : ""}>
      <CardHeading>{title}</CardHeading>
      {empty === false ? children : <p className="text-sm text-slate-400">{empty}</p>}
    </Card>
  );
}

function Bullets({ title, items }: { title: string; items: readonly string[] }) {
  if (items.length === 0) return null;
  return (
    <section className="min-w-0">
      <h3 className="mb-1 text-sm font-semibold text-slate-200">{title}</h3>
      <ul className="list-disc space-y-0.5 pl-5 text-sm text-slate-300 marker:text-slate-500">
        {items.map((item) => (
          <li key={item}>{item}</li>
        ))}
      </ul>
    </section>
  );
}
