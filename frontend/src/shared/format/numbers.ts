/** Numbers, money and durations as the chosen language writes them. */

import { useMemo } from "react";
import type { Language } from "@/shared/i18n/language";
import { useLanguage } from "@/shared/i18n/texts";

const KIB = 1024;
const SECONDS_PER_MINUTE = 60;

export interface Formats {
  count: (value: number) => string;
  bytes: (value: number) => string;
  duration: (milliseconds: number) => string;
  percent: (share: number) => string;
  money: (amount: number, currency: string) => string;
  time: (iso: string) => string;
  dateTime: (iso: string) => string;
}

export function formatsOf(language: Language): Formats {
  const whole = new Intl.NumberFormat(language, { maximumFractionDigits: 0 });
  const tenth = new Intl.NumberFormat(language, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const clock = new Intl.DateTimeFormat(language, { timeStyle: "medium" });
  const calendar = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });
  return {
    count: (value) => whole.format(value),
    bytes: (value) => {
      if (value < KIB) return `${whole.format(value)} B`;
      if (value < KIB * KIB) return `${tenth.format(value / KIB)} KiB`;
      return `${tenth.format(value / KIB / KIB)} MiB`;
    },
    duration: (milliseconds) => {
      const seconds = milliseconds / 1000;
      if (seconds < 10) return `${tenth.format(seconds)} s`;
      if (seconds < SECONDS_PER_MINUTE) return `${whole.format(seconds)} s`;
      const rest = Math.floor(seconds % SECONDS_PER_MINUTE);
      return `${whole.format(Math.floor(seconds / SECONDS_PER_MINUTE))} min ${rest} s`;
    },
    percent: (share) => `${whole.format(Math.floor(share * 100))}%`,
    money: (amount, currency) => {
      const format = new Intl.NumberFormat(language, { style: "currency", currency: currency.toUpperCase() });
      const places = format.resolvedOptions().maximumFractionDigits ?? 2;
      return format.format(amount / 10 ** places);
    },
    time: (iso) => clock.format(new Date(iso)),
    dateTime: (iso) => calendar.format(new Date(iso)),
  };
}

export function useFormats(): Formats {
  const language = useLanguage();
  return useMemo(() => formatsOf(language), [language]);
}
