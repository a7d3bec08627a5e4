/** Numbers, money and durations as the chosen language writes them. */

import { useMemo } from "react";
import type { Language } from "@/shared/i18n/language";
import { useLanguage } from "@/shared/i18n/texts";

const KIB = 1024;
const SECONDS_PER_MINUTE = 60;
const TENTHS_MS_MAX = 10_000;

/** Whole percents, of which a share has not less than it shows; 0.29 has 29, though 100 times it is a hair less. */
export const percentOf = (share: number): number => Math.floor(Number((share * 100).toFixed(6)));

export interface Formats {
  count: (value: number) => string;
  bytes: (value: number) => string;
  /** What was measured: tenths while they matter. */
  duration: (milliseconds: number) => string;
  /** What is being counted. */
  seconds: (seconds: number) => string;
  percent: (share: number) => string;
  money: (amount: number, currency: string) => string;
  time: (iso: string) => string;
  dateTime: (iso: string) => string;
  /** A day of these weeks. */
  day: (start: Date) => string;
}

export function formatsOf(language: Language): Formats {
  const whole = new Intl.NumberFormat(language, { maximumFractionDigits: 0 });
  const tenth = new Intl.NumberFormat(language, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const clock = new Intl.DateTimeFormat(language, { timeStyle: "medium" });
  const calendar = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });
  const day = new Intl.DateTimeFormat(language, { day: "numeric", month: "short" });
  const seconds = (value: number) => {
    const all = Math.round(value);
    if (all < SECONDS_PER_MINUTE) return `${whole.format(all)} s`;
    const minutes = Math.floor(all / SECONDS_PER_MINUTE);
    return `${whole.format(minutes)} min ${whole.format(all % SECONDS_PER_MINUTE)} s`;
  };
  return {
    count: (value) => whole.format(value),
    bytes: (value) => {
      if (value < KIB) return `${whole.format(value)} B`;
      if (value < KIB * KIB) return `${tenth.format(value / KIB)} KiB`;
      return `${tenth.format(value / KIB / KIB)} MiB`;
    },
    duration: (milliseconds) =>
      milliseconds < TENTHS_MS_MAX ? `${tenth.format(milliseconds / 1000)} s` : seconds(milliseconds / 1000),
    seconds,
    percent: (share) => `${whole.format(percentOf(share))}%`,
    money: (amount, currency) => {
      const format = new Intl.NumberFormat(language, { style: "currency", currency: currency.toUpperCase() });
      const places = format.resolvedOptions().maximumFractionDigits ?? 2;
      return format.format(amount / 10 ** places);
    },
    time: (iso) => clock.format(new Date(iso)),
    dateTime: (iso) => calendar.format(new Date(iso)),
    day: (start) => day.format(start),
  };
}

export function useFormats(): Formats {
  const language = useLanguage();
  return useMemo(() => formatsOf(language), [language]);
}
