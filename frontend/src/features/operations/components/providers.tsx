/** Each model at its provider: its breaker in words, how its calls of the last hour ended and how long they took. */

import { CircleCheck, CircleDashed, CirclePause, Cpu, FlaskConical } from "lucide-react";
import { useFormats } from "@/shared/format/numbers";
import { useTexts } from "@/shared/i18n/texts";
import { type Provider, useProviders } from "../api/operations";
import { Panel } from "./panel";

export function Providers() {
  const texts = useTexts();
  const providers = useProviders();
  return (
    <Panel id="providers" title={texts.operations.providers} icon={Cpu} query={providers}>
      {(items) => {
        const slowest = Math.max(1, ...items.map((one) => one.total_ms_p95 ?? 0));
        return (
          <ul className="divide-y divide-slate-700">
            {items.map((provider) => (
              <Row key={`${provider.provider} ${provider.model}`} provider={provider} slowest={slowest} />
            ))}
            {items.length === 0 && (
              <li className="text-sm text-slate-300">{texts.operations.providersNone}</li>
            )}
          </ul>
        );
      }}
    </Panel>
  );
}

function Row({ provider, slowest }: { provider: Provider; slowest: number }) {
  const texts = useTexts();
  const formats = useFormats();
  const { available, calls, failed } = provider;
  return (
    <li
      data-provider={provider.provider}
      data-available={available}
      className="py-3 text-sm first:pt-0 last:pb-0"
    >
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1">
        <p className="min-w-0 break-words text-slate-100">
          {provider.model} <span className="text-slate-400">· {provider.provider}</span>
          {provider.simulated && (
            <span className="ml-2 inline-flex items-center gap-1 text-xs text-slate-300">
              <FlaskConical aria-hidden="true" className="size-3.5 text-cyan-300" />
              {texts.operations.simulated}
            </span>
          )}
        </p>
        <Breaker provider={provider} />
      </div>
      {isOpen(provider) && provider.reason && (
        <p className="text-amber-200">{texts.operations.reasons[provider.reason] ?? provider.reason}</p>
      )}
      {calls === 0 ? (
        <p className="text-xs text-slate-400">{texts.operations.noCalls}</p>
      ) : (
        <>
          <Latency provider={provider} slowest={slowest} />
          <p className="text-xs text-slate-400 tabular-nums">
            {texts.operations.calls(formats.count(calls), calls)}
            {failed > 0 &&
              ` · ${texts.operations.failed(formats.count(failed), formats.percent(failed / calls))}`}
          </p>
        </>
      )}
    </li>
  );
}

/** A provider without a key is no trouble: nobody has asked for it. */
const isAbsent = (provider: Provider): boolean => provider.reason === "not_configured";
const isOpen = (provider: Provider): boolean => !provider.available && !isAbsent(provider);

function Breaker({ provider }: { provider: Provider }) {
  const texts = useTexts();
  const [Icon, tint, word] = provider.available
    ? ([CircleCheck, "text-green-200", texts.operations.closed] as const)
    : isAbsent(provider)
      ? ([CircleDashed, "text-slate-300", texts.operations.absentProvider] as const)
      : ([CirclePause, "text-amber-200", texts.operations.open] as const);
  return (
    <p className={`inline-flex items-center gap-1.5 ${tint}`}>
      <Icon aria-hidden="true" className="size-4" />
      {word}
    </p>
  );
}

/** First text, half of the calls, nearly all of them, on one scale for all providers. */
function Latency({ provider, slowest }: { provider: Provider; slowest: number }) {
  const texts = useTexts();
  const formats = useFormats();
  const { first_token_ms_p50: first, total_ms_p50: half, total_ms_p95: most } = provider;
  if (half === null || most === null) return null;
  const share = (milliseconds: number) => `${(milliseconds / slowest) * 100}%`;
  const label = texts.operations.latency(
    first === null ? "–" : formats.duration(first),
    formats.duration(half),
    formats.duration(most),
  );
  return (
    <>
      <svg aria-hidden="true" width="100%" height="12" className="my-1 block">
        <rect width="100%" height="12" rx="2" className="fill-slate-700/60" />
        <rect width={share(most)} height="12" rx="2" className="fill-cyan-700" />
        <rect width={share(half)} height="12" rx="2" className="fill-cyan-400" />
        {first !== null && <rect x={share(first)} width="2" height="12" className="fill-slate-950" />}
      </svg>
      <p className="text-xs text-slate-300 tabular-nums">{label}</p>
    </>
  );
}
