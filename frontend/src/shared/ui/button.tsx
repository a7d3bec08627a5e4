/** Buttons and links that look like them: one primary action a page, the rest quiet. */

import { Link } from "@tanstack/react-router";
import type { ComponentProps, ReactNode } from "react";
import { classes } from "./classes";

type Look = "primary" | "outline" | "quiet" | "danger";
type Size = "small" | "medium" | "large";

const LOOKS: Record<Look, string> = {
  // Its edge is seen where a system forces its own colours: there it has no ground.
  primary:
    "border border-transparent bg-gradient-to-r from-cyan-500 to-blue-500 font-semibold text-slate-950 hover:from-cyan-400 hover:to-blue-400 " +
    "disabled:from-slate-700 disabled:to-slate-700 disabled:text-slate-300",
  outline: "border border-slate-500 text-slate-200 hover:border-cyan-400 hover:bg-cyan-500/10",
  quiet: "text-slate-300 hover:bg-slate-700/60 hover:text-slate-100",
  danger: "border border-red-400 text-red-200 hover:bg-red-500/15",
};
const SIZES: Record<Size, string> = {
  small: "min-h-8 gap-1.5 px-3 py-1 text-sm",
  medium: "min-h-10 gap-2 px-4 py-2 text-sm",
  large: "min-h-12 gap-2 px-6 py-3 text-base",
};

export const buttonClasses = (look: Look = "outline", size: Size = "medium", more?: string): string =>
  classes(
    "inline-flex cursor-pointer items-center justify-center rounded-lg transition-colors select-none [&>svg]:shrink-0",
    "disabled:cursor-not-allowed aria-disabled:cursor-not-allowed",
    LOOKS[look],
    SIZES[size],
    more,
  );

interface Shown {
  look?: Look;
  size?: Size;
  className?: string;
}

export function Button({
  look,
  size,
  className,
  type = "button",
  ...rest
}: ComponentProps<"button"> & Shown) {
  return <button type={type} className={buttonClasses(look, size, className)} {...rest} />;
}

export function ButtonLink({
  to,
  search,
  look,
  size,
  className,
  children,
}: Shown & { to: string; search?: Record<string, string>; children: ReactNode }) {
  return (
    <Link to={to} search={search as never} className={buttonClasses(look, size, className)}>
      {children}
    </Link>
  );
}
