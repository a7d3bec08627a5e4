/** The tables of a contract. */

import { KeyRound } from "lucide-react";
import type { Contract, Entity } from "@/shared/contract/contract";
import { FileLink } from "@/shared/generation/file-link";
import { useGeneration } from "@/shared/generation/use-generation";
import { useTexts } from "@/shared/i18n/texts";
import { Table } from "@/shared/ui/table";

export function Files({ files }: { files: Contract["files"] }) {
  const { contract: words } = useTexts();
  const view = useGeneration();
  const titles = new Map(view.steps.map((step) => [step.step, step.title]));
  const written = new Set(view.files.map((file) => file.path));
  return (
    <Table
      label={words.files}
      rows={files}
      rowKey={(file) => file.path}
      columns={[
        {
          title: words.file,
          cell: (file) => (
            <>
              <FileLink path={file.path}>{file.path}</FileLink>
              {!written.has(file.path) && (
                <span className="ml-2 text-xs text-slate-400">{words.pending}</span>
              )}
            </>
          ),
        },
        { title: words.owner, cell: (file) => titles.get(file.step) ?? file.step },
        { title: words.purpose, prose: true, cell: (file) => file.purpose },
      ]}
    />
  );
}

export function Entities({ entities }: { entities: readonly Entity[] }) {
  const { contract: words } = useTexts();
  return (
    <div className="grid grid-cols-1 gap-4 md:grid-cols-2">
      {entities.map((entity) => (
        <div key={entity.name} className="min-w-0">
          <h3 className="mb-2 font-mono text-sm font-semibold text-slate-200">{entity.name}</h3>
          <Table
            label={entity.name}
            rows={entity.fields}
            rowKey={(field) => field.name}
            columns={[
              {
                title: words.field,
                cell: (field) => <code className="font-mono text-xs">{field.name}</code>,
              },
              { title: words.type, cell: (field) => field.type },
              { title: words.required, cell: (field) => (field.required ? words.yes : words.no) },
            ]}
          />
        </div>
      ))}
    </div>
  );
}

export function Environment({ env }: { env: Contract["env"] }) {
  const { contract: words } = useTexts();
  return (
    <Table
      label={words.env}
      rows={env}
      rowKey={(variable) => variable.name}
      columns={[
        { title: words.variable, cell: ({ name }) => <code className="font-mono text-xs">{name}</code> },
        { title: words.purpose, prose: true, cell: ({ purpose }) => purpose },
        {
          title: words.value,
          cell: ({ secret, example }) =>
            secret ? (
              <span className="inline-flex items-center gap-1.5 text-amber-200">
                <KeyRound aria-hidden="true" className="size-3.5" />
                {words.secret}
              </span>
            ) : (
              <code className="font-mono text-xs break-all">{example}</code>
            ),
        },
      ]}
    />
  );
}

export function Dependencies({ dependencies }: { dependencies: Contract["dependencies"] }) {
  const { contract: words } = useTexts();
  return (
    <Table
      label={words.dependencies}
      rows={dependencies}
      rowKey={({ ecosystem, name }) => `${ecosystem} ${name}`}
      columns={[
        { title: words.packageName, cell: ({ name }) => <code className="font-mono text-xs">{name}</code> },
        { title: words.version, cell: ({ version }) => version ?? words.anyVersion },
        { title: words.ecosystem, cell: ({ ecosystem }) => ecosystem },
      ]}
    />
  );
}

export function Ports({ ports }: { ports: Contract["ports"] }) {
  const { contract: words } = useTexts();
  return (
    <Table
      label={words.ports}
      rows={ports}
      rowKey={({ service, port }) => `${service} ${port}`}
      columns={[
        { title: words.service, cell: ({ service }) => service },
        { title: words.port, cell: ({ port }) => port, number: true },
      ]}
    />
  );
}
